package wechatpay_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestReplayedReplies delivers one captured 204 as the reply to another call. The protocol
// cannot tell; RefuseReplays can, if it has seen the signature.
func TestReplayedReplies(t *testing.T) {
	t.Parallel()
	gateway().Handle("DELETE", "/v3/captured", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	for _, row := range []struct {
		name   string
		refuse bool
		again  func(signature string) string
		want   error
	}{
		{"off", false, same, nil},
		{"the same signature", true, same, wechatpay.ErrReplayed},
		{"the same signature, encoded otherwise", true, func(s string) string { return s[:4] + "\r\n" + s[4:] }, wechatpay.ErrReplayed},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var captured *http.Response
			replays := func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if captured == nil {
						var err error
						captured, err = next.RoundTrip(r)
						return captured, err
					}
					drain(r)
					resp := reply(captured.StatusCode, "")
					resp.Header = captured.Header.Clone()
					resp.Header.Set(signer.HeaderSignature, row.again(resp.Header.Get(signer.HeaderSignature)))
					return resp, nil
				})
			}
			c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
				cfg.RefuseReplays = row.refuse
				cfg.Stack = func(s *middleware.Stack) error { return s.After("verify", "replays", replays) }
			})
			_, err := c.Chain("v3/captured").Delete(t.Context(), nil)
			require.NoError(t, err)
			_, err = c.Chain("v3/pay/transactions/out-trade-no/1/close").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"mchid": "1"}})
			require.ErrorIs(t, err, row.want)
			assert.Equal(t, row.want != nil, wechatpay.OutcomeUnknown(err))
		})
	}
}

func same(s string) string { return s }

// BenchmarkRefuseReplays has the cost of the option, against a client without it.
func BenchmarkRefuseReplays(b *testing.B) {
	for _, refuse := range []bool{false, true} {
		b.Run(strconv.FormatBool(refuse), func(b *testing.B) {
			number := 0
			c := answering(b, func(cfg *wechatpay.Config) {
				cfg.PlatformKeys, cfg.Verifier, cfg.RefuseReplays = nil, noVerifier, refuse
			}, func(*http.Request) (*http.Response, error) {
				number++
				resp := reply(200, "{}")
				resp.Header = newCanned().header
				resp.Header.Set(signer.HeaderNonce, strconv.Itoa(number)+time.Now().String())
				return resp, nil
			})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Chain("v3/x").Get(b.Context(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
