package middleware_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSignAndVerifyServeAnyHTTPClient(t *testing.T) {
	t.Parallel()
	origin := start(t)
	c := foreignClient(t, origin, middleware.VerifyConfig{})
	for _, tc := range []struct {
		name string
		body io.Reader
	}{
		{"no body", nil},
		{"empty body", http.NoBody},
		{"body that can be opened anew", strings.NewReader(`{"名":"值"}`)},
		{"body that can be read once", io.MultiReader(strings.NewReader(`{"a":`), strings.NewReader(`1}`))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := request(t, "POST", origin+"/v3/anything/%E4%B8%AD%2F?x=%2B&y", tc.body)
			before := r.Header.Clone()
			resp, err := c.Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.True(t, middleware.Verified(resp))
			assert.Equal(t, before, r.Header, "the caller's request is left as it was")
			data, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, "/v3/anything/%E4%B8%AD%2F?x=%2B&y", gjson.GetBytes(data, "target").String())
		})
	}
}

type body struct {
	io.Reader
	closed *bool
}

func (b body) Close() error { *b.closed = true; return nil }

// TestSignPutsTheBodyBackWhole: what is signed is what any attempt sends.
func TestSignPutsTheBodyBackWhole(t *testing.T) {
	t.Parallel()
	wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		copied, err := r.GetBody()
		require.NoError(t, err)
		for _, body := range []io.Reader{r.Body, copied} {
			data, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, "NEW", string(data))
		}
		assert.Equal(t, int64(3), r.ContentLength)
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	rt := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire)
	r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("OLD"))
	r.Body = io.NopCloser(strings.NewReader("NEW")) // as a middleware that changes it does
	_, err := rt.RoundTrip(r)
	require.NoError(t, err)
}

// TestSignLeavesNoReplayToTheTransport: net/http sends a request again by itself
// where it bears an Idempotency-Key, under the nonce that was used.
func TestSignLeavesNoReplayToTheTransport(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		key     string
		replays bool
	}{
		{"without a key", "", true},
		{"with a key", "k", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, tc.replays, r.GetBody != nil)
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			r := request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", strings.NewReader("{}"))
			if tc.key != "" {
				r.Header.Set("Idempotency-Key", tc.key)
			}
			_, err := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire).RoundTrip(r)
			require.NoError(t, err)
		})
	}
}

func TestSignStopsWhenTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	slow := signer.Func(func(context.Context, []byte) ([]byte, error) { cancel(); return nil, nil })
	rt := middleware.Sign(middleware.SignConfig{Credential: signer.Credential{ID: "1", Serial: "1", Signer: slow}})(nil)
	_, err := rt.RoundTrip(request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil).WithContext(ctx))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, middleware.ErrNotSent)
}

func TestSignKeepsTheCallersAuthorization(t *testing.T) {
	t.Parallel()
	var seen http.Header
	wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		seen = r.Header
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	rt := middleware.Sign(middleware.SignConfig{Credential: credential(t)})(wire)
	r := request(t, "GET", "https://api.mch.weixin.qq.com/v3/x", nil)
	r.Header.Set("Authorization", "own")
	_, err := rt.RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, []string{"own"}, seen["Authorization"])

	bare := &http.Request{URL: r.URL} // a zero method is GET, a nil header is none
	_, err = rt.RoundTrip(bare)
	require.NoError(t, err)
	assert.Contains(t, seen.Get("Authorization"), signer.RSA.Name)
}

func TestSignFailsWithoutSending(t *testing.T) {
	t.Parallel()
	broken := errors.New("no key today")
	wire := middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, broken
	})
	failing := signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, broken })
	rt := middleware.Sign(middleware.SignConfig{Credential: signer.Credential{ID: "1", Serial: "1", Signer: failing}})(wire)
	const url = "https://api.mch.weixin.qq.com/v3/x"
	_, err := rt.RoundTrip(request(t, "GET", url, nil))
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, err, middleware.ErrNotSent)

	_, err = rt.RoundTrip(request(t, "POST", url, io.MultiReader(iotestErr{broken})))
	require.ErrorIs(t, err, broken)

	upload := request(t, "POST", url, strings.NewReader("--x"))
	upload.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	_, err = rt.RoundTrip(upload)
	require.ErrorContains(t, err, "meta part")
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }
