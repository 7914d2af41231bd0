package wechatpay_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestTextsHaveTheNextStep: what to check or to change stands in the errors that leave
// people stuck.
func TestTextsHaveTheNextStep(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	answer := func(status int, header http.Header, body string) error {
		c := answering(t, nil, func(*http.Request) (*http.Response, error) {
			resp := reply(status, body)
			if header != nil {
				resp.Header = header
			}
			return resp, nil
		})
		return errorOf(c.Chain("v3/x").Get(t.Context(), nil))
	}
	c, _ := sandboxClient(t, nil)
	fault := func(name string) error {
		return errorOf(c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {name}}}))
	}
	for _, row := range []struct {
		name string
		make func() error
		want []string
	}{
		{"SIGN_ERROR", func() error { return answer(401, nil, `{"code":"SIGN_ERROR","message":"错误的签名"}`) }, []string{
			"wechatpay: GET v3/x: 401 SIGN_ERROR: 错误的签名 (not verified); check that " + cred.Serial + " is the serial of the API certificate" +
				" that belongs to the private key, and that both are those of " + cred.MchID + "; Options.Debug prints the signed message",
		}},
		{"an unsigned error", func() error { return answer(400, nil, `{"code":"PARAM_ERROR","message":"参数错误"}`) },
			[]string{"400 PARAM_ERROR: 参数错误 (not verified)"}},
		{"an error page", func() error { return answer(502, nil, `<html>`) }, []string{"wechatpay: GET v3/x: 502 Bad Gateway"}},
		{"an error with a wrong signature", func() error {
			return answer(400, http.Header{"Wechatpay-Signature": {"AAAA"}}, `{"code":"PARAM_ERROR","message":"参数错误"}`)
		}, []string{`reply not verified (status 400, request id ""; unverified code "PARAM_ERROR", message "参数错误"): incomplete signature headers: Wechatpay-Serial is missing; check`}},
		{"unknown key", func() error { return fault("unknown-key") }, []string{
			`", a platform certificate: load it`, "the APIv3 key (held: " + cred.PlatformSerial + ", " + cred.PublicKeyID + ")",
		}},
		{"two nonces", func() error { return fault("two-nonces") }, []string{"Wechatpay-Nonce has 2 values; it must have one"}},
		{"no nonce", func() error { return fault("no-nonce") }, []string{"Wechatpay-Nonce is missing; check what a proxy"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.make()
			for _, want := range row.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

// TestTimeoutsNameTheirBound: which of the limits ended the call.
func TestTimeoutsNameTheirBound(t *testing.T) {
	t.Parallel()
	const text = "wechatpay: POST v3/x: context deadline exceeded"
	for _, row := range []struct {
		name    string
		change  func(cfg *wechatpay.Config)
		timeout time.Duration // of the Options
		ctx     time.Duration
		want    string
	}{
		{name: "the default", want: text + " (Config.Timeout, 30s for all attempts; raise it, or set Options.Timeout)"},
		{name: "of the client", change: func(cfg *wechatpay.Config) { cfg.Timeout = time.Second },
			want: text + " (Config.Timeout, 1s for all attempts; raise it, or set Options.Timeout)"},
		{name: "of the call", timeout: time.Second, want: text + " (Options.Timeout, for all attempts; raise it)"},
		{name: "of the context", ctx: time.Second, want: text + " (the deadline of the context that the caller passed)"},
		{name: "of the attempt", change: func(cfg *wechatpay.Config) { cfg.Retry.Attempts, cfg.Retry.AttemptTimeout = 2, time.Second },
			want: text + " (RetryConfig.AttemptTimeout, 1s)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := answering(t, row.change, func(r *http.Request) (*http.Response, error) {
					drain(r)
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				ctx := t.Context()
				if row.ctx > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, row.ctx)
					defer cancel()
				}
				_, err := c.Chain("v3/x").Post(ctx, &wechatpay.Options{JSON: wechatpay.M{}, Timeout: row.timeout})
				require.EqualError(t, err, row.want)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		})
	}
}
