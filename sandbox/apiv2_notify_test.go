package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestNotificationsOfAPIv2: an order and a refund are told of in XML, again until the shop says so in XML.
func TestNotificationsOfAPIv2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, answer, digest string
		acknowledged         bool
	}{
		{"MD5", "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>", "MD5", true},
		{"HMAC-SHA256", "<xml><return_code>SUCCESS</return_code></xml>", "HMAC-SHA256", true},
		{"refused", "<xml><return_code>FAIL</return_code></xml>", "MD5", false},
		{"the answer of v3", `{"code":"SUCCESS"}`, "MD5", false},
		{"nothing", "", "MD5", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			outcomes := make(chan []sandbox.DeliveryAttempt, 2)
			g := newGateway(t, sandbox.Config{Webhooks: sandbox.Webhooks{Scale: 1e-9, OnDelivery: func(attempts []sandbox.DeliveryAttempt, _ error) { outcomes <- attempts }}})
			t.Cleanup(g.Close)
			to, bodies := listening(t, row.answer)
			postXML(t, g, "/pay/unifiedorder", orderV2("order-1", xmlValues{"notify_url": to, "sign_type": row.digest, "device_info": "D1"}))
			id, err := g.Pay("order-1")
			require.NoError(t, err)
			paid := verified(t, g, <-bodies)
			expect(t, xmlValues{
				"return_code": "SUCCESS", "result_code": "SUCCESS", "out_trade_no": "order-1", "transaction_id": id, "total_fee": "100", "cash_fee": "100",
				"fee_type": "CNY", "trade_type": "NATIVE", "is_subscribe": "N", "attach": "<a&b>", "mch_id": g.Credentials().MchID, "appid": "wxd678efh567hg6787",
				"sign_type": row.digest, "device_info": "D1",
			}, paid)
			assert.Len(t, paid["sign"], map[string]int{"MD5": 32, "HMAC-SHA256": 64}[row.digest])
			attempts := <-outcomes
			assert.Equal(t, row.acknowledged, attempts[len(attempts)-1].Acknowledged())
			assert.Len(t, attempts, map[bool]int{true: 1, false: 16}[row.acknowledged])
		})
	}
}

func TestRefundNotificationOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	t.Cleanup(g.Close)
	to, bodies := listening(t, "<xml><return_code>SUCCESS</return_code></xml>")
	postXML(t, g, "/pay/unifiedorder", orderV2("order-1", nil))
	id, err := g.Pay("order-1")
	require.NoError(t, err)
	refund := postXML(t, g, "/secapi/pay/refund", xmlValues{"transaction_id": id, "out_refund_no": "r1", "total_fee": "100", "refund_fee": "30", "notify_url": to})
	told := elements(t, <-bodies)
	expect(t, xmlValues{"return_code": "SUCCESS", "mch_id": g.Credentials().MchID, "sign": ""}, told)
	plaintext, err := cipher.DecryptLegacyECB(cipher.LegacyKey(g.Credentials().APIv2Key), told["req_info"])
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(plaintext), "<root>"), string(plaintext))
	expect(t, xmlValues{
		"out_refund_no": "r1", "refund_id": refund["refund_id"], "transaction_id": id, "out_trade_no": "order-1", "refund_fee": "30", "total_fee": "100",
		"refund_status": "SUCCESS", "refund_recv_accout": "支付用户零钱", "refund_request_source": "API",
	}, elements(t, string(plaintext)))
}

// TestNotificationFaultsOfAPIv2: what a shop has to refuse.
func TestNotificationFaultsOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	postXML(t, g, "/pay/unifiedorder", orderV2("order-1", nil))
	_, err := g.Pay("order-1")
	require.NoError(t, err)
	n, err := g.PaidNotification("order-1")
	require.NoError(t, err)
	for _, row := range []struct{ fault, says string }{
		{"unsigned", "it has no sign"}, {"garbled", "which no digest has"}, {"tampered", "does not match"}, {"wrong-key", "does not match"},
	} {
		t.Run(row.fault, func(t *testing.T) {
			t.Parallel()
			r, err := g.WebhookRequest(t.Context(), "https://shop.example/", n, row.fault)
			require.NoError(t, err)
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			message, err := apiv2.Parse(body)
			require.NoError(t, err)
			require.ErrorContains(t, message.Verify(g.Credentials().APIv2Key.Reveal()), row.says)
		})
	}
	_, err = g.WebhookRequest(t.Context(), "https://shop.example/", n, "no-serial")
	require.ErrorContains(t, err, "means nothing in APIv2")
}

// TestMutualTLS: the endpoints that ask for the merchant's certificate, over HTTPS.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	own, stranger := g.Credentials().TLSCertificate(), newGateway(t, sandbox.Config{}).Credentials().TLSCertificate()
	roots := x509.NewCertPool()
	roots.AddCert(g.Credentials().RootCA)
	for _, row := range []struct {
		name, path string
		shown      *tls.Certificate
		status     int
		says       string
	}{
		{"the merchant", "/secapi/pay/refund", &own, 200, "ORDERNOTEXIST"},
		{"nobody", "/secapi/pay/refund", nil, 400, "<center>No required SSL certificate was sent</center>"},
		{"somebody else", "/secapi/pay/refund", &stranger, 400, "<center>The SSL certificate error</center>"},
		{"the merchant, to pay users", "/mmpaymkttransfers/gethbinfo", &own, 200, "NOT_FOUND"},
		{"nobody, to pay users", "/mmpaymkttransfers/gethbinfo", nil, 200, "CA_ERROR"},
		{"somebody else, to pay users", "/mmpaymkttransfers/gethbinfo", &stranger, 400, "<center>The SSL certificate error</center>"},
		{"nobody, where none is asked for", "/pay/orderquery", nil, 200, "ORDERNOTEXIST"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
			if row.shown != nil {
				config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return row.shown, nil }
			}
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
			defer client.CloseIdleConnections()
			in := map[string]xmlValues{
				"/secapi/pay/refund":           {"out_trade_no": "order-1", "out_refund_no": "r1", "total_fee": "1", "refund_fee": "1"},
				"/pay/orderquery":              {"out_trade_no": "order-1"},
				"/mmpaymkttransfers/gethbinfo": {"mch_billno": "b1", "bill_type": "MCHT"},
			}[row.path]
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+row.path, strings.NewReader(string(apiv2.XML(signed(g, in).params()))))
			require.NoError(t, err)
			resp, err := client.Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, row.status, resp.StatusCode)
			assert.Contains(t, string(body), row.says)
			assert.Equal(t, row.status != 200, resp.Close, "another certificate needs another connection")
		})
	}
	_, err = (&http.Client{Transport: &http.Transport{}}).Get(server.URL)
	require.ErrorContains(t, err, "certificate")
	assert.Equal(t, signer.Serial(g.Credentials().Certificate), signer.Serial(own.Leaf))
}
