package wechatpay_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestPanicOfSignerOrVerifierIsAnError: sync as async, with the outcome of the call.
func TestPanicOfSignerOrVerifierIsAnError(t *testing.T) {
	t.Parallel()
	cause := errors.New("boom")
	for _, tc := range []struct {
		name    string
		change  func(*wechatpay.Config)
		unknown bool
	}{
		{"signer", func(cfg *wechatpay.Config) {
			cfg.PrivateKey = nil
			cfg.Signer = signer.Func(func(context.Context, []byte) ([]byte, error) { panic(cause) })
		}, false},
		{"verifier", func(cfg *wechatpay.Config) {
			cfg.PlatformKeys = nil
			cfg.Verifier = signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { panic(cause) })
		}, true},
		{"key source", func(cfg *wechatpay.Config) { cfg.PlatformKeys = struct{ signer.KeySource }{} }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, _ := sandboxClient(t, tc.change)
			opts := func() *wechatpay.Options { return &wechatpay.Options{JSON: wechatpay.M{"a": 1}} }
			_, sync := c.Chain("v3/echo").Post(t.Context(), opts())
			_, async := c.Chain("v3/echo").PostAsync(t.Context(), opts()).Wait()
			for _, err := range []error{sync, async} {
				var panicked *future.PanicError
				require.ErrorAs(t, err, &panicked)
				assert.NotEmpty(t, panicked.Stack)
				assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(err))
				if tc.name != "key source" {
					require.ErrorIs(t, err, cause)
				}
			}
		})
	}
}
