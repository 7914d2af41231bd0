package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestTheClientOverHTTPS: the client of this module orders and refunds, with the merchant's
// certificate where it is asked for.
func TestTheClientOverHTTPS(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	c := g.Credentials()
	roots := x509.NewCertPool()
	roots.AddCert(c.RootCA)
	client, err := wechatpay.New(wechatpay.Config{
		MchID: c.MchID, AppID: "wx1", Serial: c.Serial, PrivateKey: c.PrivateKey, PlatformKeys: c.PlatformKeys(), BaseURL: server.URL,
		APIv2Key: c.APIv2Key, Certificate: c.TLSCertificate(),
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)

	order, err := client.Chain("v2/pay/unifiedorder").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
		"appid": "wx1", "body": "公仔 <&>", "out_trade_no": "order-1", "total_fee": 100, "spbill_create_ip": "10.0.0.1",
		"notify_url": "https://example.com/", "trade_type": "NATIVE",
	}})
	require.NoError(t, err)
	assert.NotEmpty(t, order.Get("code_url"))
	_, err = g.Pay("order-1")
	require.NoError(t, err)
	refund := &wechatpay.Options{XML: wechatpay.M{"appid": "wx1", "out_trade_no": "order-1", "out_refund_no": "r1", "total_fee": 100, "refund_fee": 100}}
	with, without := true, false
	refund.V2.MutualTLS = &without
	_, err = client.Chain("v2/secapi/pay/refund").Post(t.Context(), refund)
	require.ErrorContains(t, err, "证书验证失败")
	refund.V2.MutualTLS, refund.V2.Digest = &with, signer.MD5
	reply, err := client.Chain("v2/secapi/pay/refund").Post(t.Context(), refund)
	require.NoError(t, err)
	assert.Equal(t, "100", reply.Get("refund_fee").Str)
	_, err = client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"out_refund_no": "r1"}})
	require.NoError(t, err)
}
