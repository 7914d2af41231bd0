package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// TestARefusalAfterASendIsNotErrNotSent: who believes that nothing was sent pays again.
func TestARefusalAfterASendIsNotErrNotSent(t *testing.T) {
	t.Parallel()
	failover, err := middleware.Failover(middleware.FailoverConfig{Hosts: middleware.Mainland()})
	require.NoError(t, err)
	retry := middleware.Retry(middleware.RetryConfig{})
	refused := fmt.Errorf("%w: limit: %w", middleware.ErrNotSent, context.DeadlineExceeded)
	for _, row := range []struct {
		name     string
		wrap     middleware.Middleware
		outcomes []any
		notSent  bool
		text     string
	}{
		{"retry, after a lost connection", retry, []any{io.EOF, refused}, false,
			"the last attempt was refused: limit: context deadline exceeded (2 attempts; a middleware refused it)"},
		{"retry, after a reply", retry, []any{response(500, ""), refused}, false,
			"the last attempt was refused: limit: context deadline exceeded (2 attempts; a middleware refused it)"},
		{"retry, without a connection", retry, []any{errDial, refused}, true,
			"nothing sent: limit: context deadline exceeded (2 attempts; a middleware refused it)"},
		{"failover, after a lost connection", failover, []any{io.EOF, refused}, false,
			"the last attempt was refused: limit: context deadline exceeded"},
		{"failover, without a connection", failover, []any{errDial, refused}, true,
			"nothing sent: limit: context deadline exceeded"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, outcomes: row.outcomes}
				_, err := row.wrap(s).RoundTrip(request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil))
				require.EqualError(t, err, row.text)
				assert.Equal(t, row.notSent, errors.Is(err, middleware.ErrNotSent))
				require.ErrorIs(t, err, context.DeadlineExceeded, "the cause can be found")
				assert.Empty(t, s.outcomes)
			})
		})
	}
}
