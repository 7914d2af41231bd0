package guide_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestAPIv2(t *testing.T) {
	s := sandboxtest.New(t)
	server, err := s.Gateway.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	folder := t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(folder, server.URL))
	merchant, err := keys.LoadMerchant(keys.File(filepath.Join(folder, "apiclient_cert.pem")), keys.File(filepath.Join(folder, "apiclient_key.pem")))
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(s.Credentials.RootCA)
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	t.Cleanup(transport.CloseIdleConnections)
	ctx := t.Context()
	c, err := guide.NewV2Client(wechatpay.Config{MchID: s.Credentials.MchID, BaseURL: server.URL, Transport: transport}, merchant, s.Credentials.APIv2Key)
	require.NoError(t, err)

	data, err := guide.OrderV2(ctx, c, "apiv2-0001", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", 100, s.Credentials.APIv2Key)
	require.NoError(t, err)
	var params map[string]string
	require.NoError(t, json.Unmarshal(data, &params))
	assert.Equal(t, "HMAC-SHA256", params["signType"])
	assert.NotEmpty(t, params["paySign"])
	_, err = s.Gateway.Pay("apiv2-0001")
	require.NoError(t, err)
	state, err := guide.StateV2(ctx, c, "apiv2-0001")
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", state)
	require.NoError(t, guide.RefundV2(ctx, c, "apiv2-0001", "apiv2-back-1", 30, 100))
	var api *wechatpay.APIError
	require.ErrorAs(t, guide.RefundV2(ctx, c, "apiv2-0001", "apiv2-back-2", 80, 100), &api)
	assert.NotEmpty(t, api.Code)

	numbers := make(chan string, 1)
	handler, err := guide.V2Webhook(notify.Config{APIv2Key: s.Credentials.APIv2Key, MchID: s.Credentials.MchID},
		func(_ context.Context, number string, fen int64) error {
			assert.EqualValues(t, 100, fen)
			numbers <- number
			return nil
		})
	require.NoError(t, err)
	hooks := httptest.NewServer(handler)
	defer hooks.Close()
	paid, err := s.Gateway.PaidNotification("apiv2-0001")
	require.NoError(t, err)
	_, err = s.Gateway.Deliver(ctx, sandbox.Delivery{URL: hooks.URL}, paid)
	require.NoError(t, err)
	assert.Equal(t, "apiv2-0001", <-numbers)
}
