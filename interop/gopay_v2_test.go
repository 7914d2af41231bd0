package interop_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pay/gopay"
	"github.com/go-pay/gopay/pkg/xhttp"
	"github.com/go-pay/gopay/wechat"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

var digestsV2 = []string{wechat.SignType_MD5, wechat.SignType_HMAC_SHA256}

// gopay's client of APIv2 against one sandbox, over HTTPS.
type goPayV2 struct {
	*sandboxtest.Sandbox
	client *wechat.Client
	digest string // sign_type
	origin string // of the sandbox over HTTPS
}

// newGoPayV2 returns a client that shows the merchant's certificate where gopay knows that one
// is asked for.
func newGoPayV2(t *testing.T, s *sandboxtest.Sandbox, digest string) goPayV2 {
	t.Helper()
	p := newGoPayV2WithoutCertificate(t, s, s.Credentials.APIv2Key.Reveal(), digest)
	p.show(t, s.Credentials.Certificate)
	return p
}

func newGoPayV2WithoutCertificate(t *testing.T, s *sandboxtest.Sandbox, key, digest string) goPayV2 {
	t.Helper()
	server, err := s.Gateway.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	p := goPayV2{s, wechat.NewClient(appid, s.Credentials.MchID, key, true), digest, server.URL}
	p.connect(t, p.client.GetHttpClient(), &http.Transport{})
	p.connect(t, p.client.GetTLSHttpClient(), &http.Transport{})
	return p
}

// connect lets a client go to the sandbox, and trust it alone; gopay trusts anybody to whom it
// shows a certificate.
func (p goPayV2) connect(t *testing.T, c *xhttp.Client, next *http.Transport) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(p.Credentials.RootCA)
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if next.TLSClientConfig != nil {
		config.Certificates = next.TLSClientConfig.Certificates
	}
	next.TLSClientConfig = config
	t.Cleanup(next.CloseIdleConnections)
	c.SetTransport(toSandbox{p.origin, next})
}

// show loads a certificate with the merchant's key, from what stands in apiclient_cert.pem and
// apiclient_key.pem.
func (p goPayV2) show(t *testing.T, cert *x509.Certificate) {
	t.Helper()
	next := &http.Transport{}
	p.client.GetTLSHttpClient().SetTransport(next)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	require.NoError(t, p.client.AddCertPemFileContent(text, []byte(privateKeyPEM(t, p.Sandbox))))
	p.connect(t, p.client.GetTLSHttpClient(), next)
}

// lastReply is what gopay has read last.
func (p goPayV2) lastReply() string {
	all := p.Gateway.Exchanges()
	return all[len(all)-1].Reply
}

// with adds what every request has.
func (p goPayV2) with(body gopay.BodyMap) gopay.BodyMap {
	return body.Set("nonce_str", rand.Text()).Set("sign_type", p.digest)
}

// verify verifies the sign of a reply. In a struct that is good only if gopay knows all that the
// sandbox sends.
func (p goPayV2) verify(t *testing.T, reply any) {
	t.Helper()
	ok, err := wechat.VerifySign(p.Credentials.APIv2Key.Reveal(), p.digest, reply)
	require.NoError(t, err)
	require.True(t, ok, "%+v", reply)
}

// verifyAll verifies the last reply where gopay's struct has not all that is documented of it.
func (p goPayV2) verifyAll(t *testing.T) gopay.BodyMap {
	t.Helper()
	all := gopay.BodyMap{}
	require.NoError(t, xml.Unmarshal([]byte(p.lastReply()), &all))
	p.verify(t, all)
	return all
}

func TestGoPayV2(t *testing.T) {
	t.Parallel()
	for _, digest := range digestsV2 {
		for _, row := range []struct {
			name string
			run  func(goPayV2, *testing.T)
		}{
			{"a JSAPI order is paid", goPayV2.jsapiOrder},
			{"an order of a partner", goPayV2.partnerOrder},
			{"a Native order is closed", goPayV2.nativeOrder},
			{"a payment code", goPayV2.paymentCode},
			{"a payment by code is reversed", goPayV2.reversed},
			{"a refund", goPayV2.refund},
			{"a trade bill", goPayV2.tradeBill},
		} {
			t.Run(digest+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				row.run(newGoPayV2(t, sandboxtest.New(t), digest), t)
			})
		}
	}
}

func (p goPayV2) orderOf(t *testing.T, kind, number, notifyURL string, more gopay.BodyMap) *wechat.UnifiedOrderResponse {
	t.Helper()
	body := p.with(gopay.BodyMap{
		"body": "a&b <测试>]]>", "attach": "x=1&y=2", "out_trade_no": number, "total_fee": 100, "spbill_create_ip": "127.0.0.1", "notify_url": notifyURL,
		"trade_type": kind, "device_info": "WEB", "time_expire": p.Gateway.Now().Add(time.Hour).In(time.FixedZone("CST", 8*60*60)).Format("20060102150405"),
	})
	for name, value := range more {
		body.Set(name, value)
	}
	reply, err := p.client.UnifiedOrder(t.Context(), body)
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", reply.ReturnCode, reply.ReturnMsg)
	p.verify(t, reply)
	return reply
}

func (p goPayV2) order(t *testing.T, number, notifyURL string) {
	t.Helper()
	reply := p.orderOf(t, wechat.TradeType_JsApi, number, notifyURL, gopay.BodyMap{"openid": openid})
	require.Equal(t, "SUCCESS", reply.ResultCode, reply.ErrCodeDes)
	assert.NotEmpty(t, reply.PrepayId)
}

func (p goPayV2) query(t *testing.T, by gopay.BodyMap) *wechat.QueryOrderResponse {
	t.Helper()
	reply, all, err := p.client.QueryOrder(t.Context(), p.with(by))
	require.NoError(t, err)
	p.verify(t, reply)
	p.verify(t, all)
	require.Equal(t, "SUCCESS", reply.ResultCode, reply.ErrCodeDes)
	return reply
}

func (p goPayV2) jsapiOrder(t *testing.T) {
	p.order(t, "jsapi-1", nobody)
	id := payOrder(t, p.Sandbox, "jsapi-1")
	paid := p.query(t, gopay.BodyMap{"out_trade_no": "jsapi-1"})
	assert.Equal(t, id, paid.TransactionId)
	assert.Equal(t, "SUCCESS", paid.TradeState)
	assert.Equal(t, openid, paid.Openid)
	assert.Equal(t, "100", paid.TotalFee)
	assert.Equal(t, "x=1&y=2", paid.Attach)
	assert.Equal(t, "jsapi-1", p.query(t, gopay.BodyMap{"transaction_id": id}).OutTradeNo)
}

func (p goPayV2) partnerOrder(t *testing.T) {
	order := p.orderOf(t, wechat.TradeType_JsApi, "partner-1", nobody, gopay.BodyMap{"sub_mch_id": "1900000110", "sub_appid": "wx0000000000000002", "sub_openid": openid})
	require.Equal(t, "SUCCESS", order.ResultCode, order.ErrCodeDes)
	assert.Equal(t, "1900000110", order.SubMchId)
	payOrder(t, p.Sandbox, "partner-1")
	paid := p.query(t, gopay.BodyMap{"out_trade_no": "partner-1", "sub_mch_id": "1900000110", "sub_appid": "wx0000000000000002"})
	assert.Equal(t, []string{"SUCCESS", "wx0000000000000002", openid}, []string{paid.TradeState, paid.SubAppid, paid.SubOpenid})
}

func (p goPayV2) nativeOrder(t *testing.T) {
	order := p.orderOf(t, wechat.TradeType_Native, "native-1", nobody, gopay.BodyMap{"product_id": "p1"})
	require.Equal(t, "SUCCESS", order.ResultCode, order.ErrCodeDes)
	assert.True(t, strings.HasPrefix(order.CodeUrl, "weixin://"), order.CodeUrl)
	assert.Equal(t, "NOTPAY", p.query(t, gopay.BodyMap{"out_trade_no": "native-1"}).TradeState)
	closed, err := p.client.CloseOrder(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "native-1"}))
	require.NoError(t, err)
	require.Equal(t, "SUCCESS", closed.ResultCode, closed.ErrCodeDes)
	assert.Equal(t, "OK", p.verifyAll(t)["result_msg"], "gopay does not know it")
	assert.Equal(t, "CLOSED", p.query(t, gopay.BodyMap{"out_trade_no": "native-1"}).TradeState)
}

func (p goPayV2) charge(t *testing.T, number, code string) *wechat.MicropayResponse {
	t.Helper()
	reply, err := p.client.Micropay(t.Context(), p.with(gopay.BodyMap{
		"body": "测试", "out_trade_no": number, "total_fee": 100, "spbill_create_ip": "127.0.0.1", "auth_code": code,
	}))
	require.NoError(t, err)
	p.verify(t, reply)
	return reply
}

func (p goPayV2) paymentCode(t *testing.T) {
	paid := p.charge(t, "code-1", "134567890123456789")
	require.Equal(t, "SUCCESS", paid.ResultCode, paid.ErrCodeDes)
	assert.Equal(t, "MICROPAY", paid.TradeType)
	assert.Equal(t, paid.TransactionId, p.query(t, gopay.BodyMap{"out_trade_no": "code-1"}).TransactionId)
}

func (p goPayV2) reversed(t *testing.T) {
	waiting := p.charge(t, "code-2", "134567890123450001")
	require.Equal(t, "USERPAYING", waiting.ErrCode, waiting.ErrCodeDes)
	assert.Equal(t, "USERPAYING", p.query(t, gopay.BodyMap{"out_trade_no": "code-2"}).TradeState)
	reply, err := p.client.Reverse(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "code-2"}))
	require.NoError(t, err)
	p.verify(t, reply)
	require.Equal(t, "SUCCESS", reply.ResultCode, reply.ErrCodeDes)
	assert.Equal(t, "N", reply.Recall)
	assert.Equal(t, "REVOKED", p.query(t, gopay.BodyMap{"out_trade_no": "code-2"}).TradeState)
}

func (p goPayV2) refundOf(t *testing.T, transactionID, number, notifyURL string) *wechat.RefundResponse {
	t.Helper()
	reply, all, err := p.client.Refund(t.Context(), p.with(gopay.BodyMap{
		"transaction_id": transactionID, "out_refund_no": number, "total_fee": 100, "refund_fee": 30, "refund_desc": "退货", "notify_url": notifyURL,
	}))
	require.NoError(t, err)
	p.verify(t, reply)
	p.verify(t, all)
	require.Equal(t, "SUCCESS", reply.ResultCode, reply.ErrCodeDes)
	return reply
}

func (p goPayV2) refund(t *testing.T) {
	p.order(t, "refund-1", nobody)
	id := payOrder(t, p.Sandbox, "refund-1")
	first := p.refundOf(t, id, "R-1", nobody)
	assert.Equal(t, id, first.TransactionId)
	assert.Equal(t, "30", first.RefundFee)
	p.refundOf(t, id, "R-2", nobody)
	found, all, err := p.client.QueryRefund(t.Context(), p.with(gopay.BodyMap{"out_trade_no": "refund-1"}))
	require.NoError(t, err)
	p.verify(t, found)
	p.verify(t, all)
	require.Equal(t, "SUCCESS", found.ResultCode, found.ErrCodeDes)
	assert.Equal(t, "2", found.RefundCount)
	assert.Equal(t, first.RefundId, found.RefundId0)
	assert.Equal(t, "SUCCESS", found.RefundStatus0)
	assert.Equal(t, "R-2", found.OutRefundNo1)
}

func (p goPayV2) tradeBill(t *testing.T) {
	p.order(t, "billed-1", nobody)
	payOrder(t, p.Sandbox, "billed-1")
	ask := gopay.BodyMap{"bill_date": strings.ReplaceAll(today(p.Sandbox), "-", ""), "bill_type": "ALL"}
	none, err := p.client.DownloadBill(t.Context(), p.with(ask))
	require.NoError(t, err)
	assert.Contains(t, none, "No Bill Exist")

	p.Gateway.AdvanceClock(24 * time.Hour)
	ask.Remove("sign") // gopay has left it there
	text, err := p.client.DownloadBill(t.Context(), p.with(ask))
	require.NoError(t, err)
	assert.Contains(t, text, "`billed-1")
	ask.Remove("sign")
	packed, err := p.client.DownloadBill(t.Context(), p.with(ask.Set("tar_type", "GZIP")))
	require.NoError(t, err)
	unpacked, err := gzip.NewReader(strings.NewReader(packed))
	require.NoError(t, err)
	var again bytes.Buffer
	_, err = io.Copy(&again, unpacked)
	require.NoError(t, err)
	assert.Equal(t, text, again.String())
}
