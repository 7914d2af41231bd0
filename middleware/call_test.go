package middleware_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestCallTravelsInTheContext(t *testing.T) {
	t.Parallel()
	assert.Zero(t, middleware.CallOf(t.Context()))
	call := callstate.Info{Route: "v3/x/{id}", Streamed: true}
	ctx, cancel := context.WithTimeout(forCall(request(t, "GET", "https://example.com/", nil), call).Context(), time.Minute)
	defer cancel()
	assert.Equal(t, middleware.Call{Route: "v3/x/{id}", Attempt: 1, Streamed: true}, middleware.CallOf(ctx))
}
