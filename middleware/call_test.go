package middleware_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestCallTravelsInTheContext(t *testing.T) {
	t.Parallel()
	assert.Zero(t, middleware.CallOf(t.Context()))
	call := middleware.Call{Route: "v3/x/{id}", Unsigned: true}
	ctx, cancel := context.WithTimeout(middleware.WithCall(request(t, "GET", "https://example.com/", nil), call).Context(), time.Minute)
	defer cancel()
	assert.Equal(t, call, middleware.CallOf(ctx))
}
