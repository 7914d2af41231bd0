package wechatpay_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestV2Stack: the middleware of v3 serves APIv2 too: another host, a limit, a log, the background.
func TestV2Stack(t *testing.T) {
	t.Parallel()
	var hosts []string
	var log bytes.Buffer
	limited := 0
	client := newV2Client(t, "", func(cfg *wechatpay.Config) {
		cfg.Certificate, cfg.Failover = tls.Certificate{}, middleware.Mainland()
		cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Push("limit", middleware.Limit(middleware.LimitConfig{PerSecond: 1000, Key: func(*http.Request) string { limited++; return "" }}))
		}
		cfg.Transport = middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			if r.Body == nil {
				return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.ErrUnexpectedEOF}
			}
			if r.URL.Host == "api.mch.weixin.qq.com" {
				return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
			}
			data, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			message, err := apiv2.Parse(data)
			require.NoError(t, err)
			require.NoError(t, message.Verify(vectors.V2APIKey), "signed again for the other host")
			reply := v2Reply(signer.MD5, "return_code=SUCCESS", "result_code=SUCCESS", "openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
			return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply)), Request: r, Header: http.Header{}}, nil
		})
	})
	assert.Contains(t, client.String(), "retry → failover → verify → log → sign → limit")
	resp, err := client.Chain("v2/pay/micropay").PostAsync(t.Context(), &wechatpay.Options{XML: wechatpay.M{"auth_code": "134567890123456789", "attach": "王五"}}).Wait()
	require.NoError(t, err)
	assert.True(t, resp.Verified)
	assert.Equal(t, []string{"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"}, hosts)
	assert.Equal(t, 2, limited)
	assert.Contains(t, log.String(), "v2/pay/micropay")
	for _, secret := range []string{"134567890123456789", "王五", "oUpF8uMuAJO", vectors.V2APIKey, "sign="} {
		assert.NotContains(t, log.String(), secret)
	}
	t.Run("a query, whose address has the values", func(t *testing.T) {
		log.Reset()
		_, err := client.Chain("v2/appauth/getaccesstoken").Get(t.Context(), &wechatpay.Options{Query: wechatpay.M{"appid": "wx8", "code": "0816TxlO"}, Timeout: -1})
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		for _, secret := range []string{"0816TxlO", "sign="} {
			assert.NotContains(t, err.Error(), secret)
			assert.NotContains(t, log.String(), secret)
		}
	})
}
