package wechatpay_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestVerifiedIsAboutTheLastReplyOnly: an earlier attempt's signature is nothing to
// a later answer with the same body.
func TestVerifiedIsAboutTheLastReplyOnly(t *testing.T) {
	t.Parallel()
	attempt := 0
	gateway().Handle("POST", "/v3/empty", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("twice", func(next http.RoundTripper) http.RoundTripper {
				return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if _, err := next.RoundTrip(r); err != nil {
						return nil, err
					}
					attempt++
					again := r.Clone(r.Context())
					again.Header.Set(sandbox.FaultHeader, "empty-500")
					return next.RoundTrip(again)
				})
			})
		}
	})
	_, err := c.Chain("v3/empty").Post(t.Context(), nil)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, []any{1, 500, false}, []any{attempt, api.StatusCode, api.Verified})
	assert.True(t, wechatpay.OutcomeUnknown(err))
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	_, err := c.Chain("v3/x").Get(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {"redirect"}}})
	require.ErrorIs(t, err, middleware.ErrRedirect)
	var unverified *wechatpay.VerifyError
	require.ErrorAs(t, err, &unverified)
	assert.Equal(t, 302, unverified.Response.StatusCode)
	assert.Equal(t, 1, w.count())
}

func TestRepliesAreLimited(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.MaxReply = 1000 })
	_, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": strings.Repeat("x", 2000)}})
	require.ErrorIs(t, err, wechatpay.ErrTooLarge)
	assert.True(t, wechatpay.OutcomeUnknown(err))
	_, err = c.Chain("v3/transferdownload/signfile").Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"a": strings.Repeat("x", 2000)}})
	require.ErrorIs(t, err, wechatpay.ErrTooLarge, "unsigned downloads included")
}

func TestResponse(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	resp, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"list": []wechatpay.M{{"id": "1"}, {"id": "2"}}}})
	require.NoError(t, err)
	assert.Equal(t, `["1","2"]`, resp.Get("json.list.#.id").Raw)
	assert.False(t, resp.Get("none").Exists())
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, resp.Bytes(), body, "the Body can be read once more")
	var decoded struct{ Method string }
	require.NoError(t, resp.Decode(&decoded))
	assert.Equal(t, "POST", decoded.Method)
	require.ErrorContains(t, resp.Decode(&[]int{}), "decoding the reply")
	assert.Regexp(t, `^200 OK \(\d+ bytes\)$`, resp.String())
	assert.NotEmpty(t, resp.RequestID())
	assert.Equal(t, "/v3/echo", resp.Request.URL.Path)

	gateway().Handle("DELETE", "/v3/gone", func(*sandbox.Request) *sandbox.Reply { return sandbox.NoContent() })
	resp, err = c.Chain("v3/gone").Delete(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, resp.Verified, "a 204 is signed too")
	assert.Empty(t, resp.Bytes())
	require.ErrorContains(t, resp.Decode(&decoded), "no body (status 204)")
}

// TestVerifiedHoldsWhateverIsAroundVerify: tracers wrap the body of a reply.
func TestVerifiedHoldsWhateverIsAroundVerify(t *testing.T) {
	t.Parallel()
	type wrapped struct{ io.ReadCloser }
	for _, tc := range []struct {
		name   string
		change func(*http.Response)
		want   bool
	}{
		{"a body that is wrapped", func(r *http.Response) { r.Body = wrapped{r.Body} }, true},
		{"a body that was read", func(r *http.Response) { _, _ = io.ReadAll(r.Body) }, true},
		{"a body that is another", func(r *http.Response) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("{}")), 2 }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"v3/x", "v3/pay/transactions/id/none"} {
				c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
					cfg.Stack = func(s *middleware.Stack) error {
						return s.Unshift("outer", func(next http.RoundTripper) http.RoundTripper {
							return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
								resp, err := next.RoundTrip(r)
								if err == nil {
									tc.change(resp)
								}
								return resp, err
							})
						})
					}
				})
				resp, err := c.Chain(path).Get(t.Context(), nil)
				var api *wechatpay.APIError
				if errors.As(err, &api) {
					assert.Equal(t, tc.want, api.Verified, tc.name)
					continue
				}
				require.NoError(t, err, tc.name)
				assert.Equal(t, tc.want, resp.Verified, tc.name)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, resp.Bytes(), body, tc.name)
			}
		})
	}
}

func TestAReplyToHEADHasNoBody(t *testing.T) {
	t.Parallel()
	c := answering(t, nil, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 404, ContentLength: 1 << 40, Body: http.NoBody}, nil
	})
	_, err := c.Chain("v3/x").Do(t.Context(), "HEAD", nil)
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
}
