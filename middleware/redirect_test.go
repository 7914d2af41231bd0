package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestAForeignClientFollowsNoRedirect: an http.Client follows redirects by itself. To a
// download that may be unsigned, it would pass a stranger's body for the reply of a POST; a
// 307 would send the POST again and again.
func TestAForeignClientFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	sign := middleware.Sign(middleware.SignConfig{Credential: credential(t)})
	verify := middleware.Verify(middleware.VerifyConfig{Verifier: signer.NewVerifier(gateway().Credentials().PlatformKeys(), nil)})
	for _, tc := range []struct {
		name   string
		status int
		method string
		stack  []middleware.Middleware // outermost first
	}{
		{"303 of a POST", 303, "POST", []middleware.Middleware{verify, sign}},
		{"307 of a POST", 307, "POST", []middleware.Middleware{verify, sign}},
		{"302 of a download", 302, "GET", []middleware.Middleware{verify, sign}},
		{"307 of a POST without Verify", 307, "POST", []middleware.Middleware{sign}},
		{"303 of a POST without Verify", 303, "POST", []middleware.Middleware{sign}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			stranger := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				if r.Body != nil {
					_ = r.Body.Close()
				}
				if requests.Add(1) > 1 {
					resp := response(200, "forged")
					resp.Request = r
					return resp, nil
				}
				resp := response(tc.status, "")
				resp.Header.Set("Location", "https://api.mch.weixin.qq.com/v3/billdownload/file")
				resp.Request = r
				return resp, nil
			})
			var transport http.RoundTripper = stranger
			for i := range tc.stack {
				transport = tc.stack[len(tc.stack)-1-i](transport)
			}
			c := &http.Client{Transport: transport}
			r := request(t, tc.method, "https://api.mch.weixin.qq.com/v3/billdownload/file", strings.NewReader("{}"))
			resp, err := c.Do(r)
			if err == nil {
				_ = resp.Body.Close()
			}
			require.ErrorIs(t, err, middleware.ErrRedirect)
			var unverified *middleware.VerifyError
			require.ErrorAs(t, err, &unverified)
			assert.Equal(t, tc.method == "POST", unverified.OutcomeUnknown())
			assert.Equal(t, int32(1), requests.Load())
		})
	}
}

// TestASignedBodyIsNoRedirect: neither the status nor the Location is signed.
func TestASignedBodyIsNoRedirect(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	header := sealed(t, "{}")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		for name, values := range header {
			if strings.HasPrefix(name, "Wechatpay-") {
				w.Header()[name] = values
			}
		}
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	resp, err := foreignClient(t, server.URL, middleware.VerifyConfig{}).Do(request(t, "POST", server.URL+"/v3/x", strings.NewReader("{}")))
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, middleware.ErrRedirect)
	assert.Equal(t, int32(1), requests.Load())
}
