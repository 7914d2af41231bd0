package wechatpay_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"context"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
)

func TestTimeouts(t *testing.T) {
	t.Parallel()
	stuck := func(r *http.Request) (*http.Response, error) { //nolint:unparam // a RoundTripper's signature
		drain(r)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	for _, tc := range []struct {
		name                    string
		client, call, ctx, want time.Duration
	}{
		{name: "default", want: 30 * time.Second},
		{name: "of the client", client: time.Minute, want: time.Minute},
		{name: "of the call", client: time.Minute, call: 2 * time.Minute, want: 2 * time.Minute},
		{name: "of the context", client: time.Minute, ctx: time.Second, want: time.Second},
		{name: "none but the context", client: -1, ctx: time.Hour, want: time.Hour},
		{name: "none for this call", call: -1, ctx: time.Hour, want: time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := answering(t, func(cfg *wechatpay.Config) { cfg.Timeout = tc.client }, stuck)
				ctx := t.Context()
				if tc.ctx > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.ctx)
					defer cancel()
				}
				began := time.Now()
				_, err := c.Chain("v3/x").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{}, Timeout: tc.call})
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, tc.want, time.Since(began))
				assert.True(t, wechatpay.OutcomeUnknown(err))
			})
		})
	}
}

func TestTheContextOfACallEndsWithIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		timeout time.Duration
	}{
		{"the default", 0},
		{"none", -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, w := sandboxClient(t, nil)
			_, err := c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Timeout: tc.timeout})
			require.NoError(t, err)
			require.ErrorIs(t, w.last(t).Context().Err(), context.Canceled, "or its timer would stay")
		})
	}
}
