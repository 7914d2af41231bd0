package middleware_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestSignV2Query: what is signed is what is sent, also if the query had a sign.
func TestSignV2Query(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, query, want string }{
		{"none", "", "nonce_str sign"},
		{"values", "appid=wx8&body=a%20b", "appid body nonce_str sign"},
		{"a nonce", "nonce_str=n&appid=wx8", "nonce_str appid sign"},
		{"a sign", "appid=wx8&sign=old&body=a", "appid body nonce_str sign"},
		{"a sign, and a nonce", "sign=old&nonce_str=n&appid=wx8", "nonce_str appid sign"},
		{"an empty nonce", "nonce_str=&appid=wx8", "appid nonce_str sign"},
		{"a sign whose name is escaped", "appid=wx8&%73ign=old", "appid nonce_str sign"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var sent *url.URL
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				sent = r.URL
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			r := request(t, "GET", "https://api.mch.weixin.qq.com/papay/entrustweb?"+row.query, nil)
			_, err := middleware.SignV2(middleware.V2Config{Key: cipher.NewSecret(vectors.V2APIKey)})(wire).RoundTrip(r)
			require.NoError(t, err)
			assert.Equal(t, row.query, r.URL.RawQuery, "the request given is not changed")
			params, err := apiv2.QueryParams(sent.RawQuery)
			require.NoError(t, err)
			names := make([]string, len(params))
			for i, p := range params {
				names[i] = p.Name
			}
			assert.Equal(t, row.want, strings.Join(names, " "))
			require.NoError(t, signer.VerifyDigest(params, apiv2.Get(params, "sign"), vectors.V2APIKey))
		})
	}
}

// TestSignV2LeavesNoReplayToTheTransport: as Sign, since a payment code must not be charged again.
func TestSignV2LeavesNoReplayToTheTransport(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, key string
		replays   bool
	}{
		{"without a key", "", true},
		{"with a key", "k", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			wire := middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, row.replays, r.GetBody != nil)
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			})
			r := request(t, "POST", "https://api.mch.weixin.qq.com/pay/micropay", strings.NewReader("<xml><body>a</body></xml>"))
			if row.key != "" {
				r.Header.Set("Idempotency-Key", row.key)
			}
			_, err := middleware.SignV2(middleware.V2Config{Key: cipher.NewSecret(vectors.V2APIKey)})(wire).RoundTrip(r)
			require.NoError(t, err)
		})
	}
}
