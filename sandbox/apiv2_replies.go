package sandbox

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"html"
	"io"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// v2Replies are the replies that are not XML, or tell of the gateway itself.
var v2Replies = map[string]func(*Gateway, *v2Request, play.Object) *Reply{
	"/pay/downloadbill":       (*Gateway).tradeBillV2,
	"/pay/downloadfundflow":   (*Gateway).fundFlowV2,
	"/risk/getpublickey":      (*Gateway).publicKeyV2,
	"/appauth/getaccesstoken": accessToken,

	"/billcommentsp/batchquerycomment": comments,
}

// tradeBillV2 is pay/downloadbill: a file, or an XML without a sign.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011939627
func (g *Gateway) tradeBillV2(q *v2Request, _ play.Object) *Reply {
	day, ok := billDay(q.Get("bill_date"))
	content := g.putBill(q.Endpoint.Path)
	if content == nil && ok {
		if text, err := g.parts.trade.TradeBill(g.now(), g.merchant.id, day, q.Get("bill_type")); err == nil {
			content = writing(text)
		}
	}
	if !ok || content == nil {
		failed := []signer.Param{{Name: "return_code", Value: "FAIL"}, {Name: "return_msg", Value: "No Bill Exist"}, {Name: "error_code", Value: "20002"}}
		if !ok {
			failed[1].Value, failed[2].Value = "invalid bill_date", "20001"
		}
		return xmlReply(wire.Document("xml", failed))
	}
	return fileV2(q, content)
}

// fundFlowV2 is pay/downloadfundflow.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011939779
func (g *Gateway) fundFlowV2(q *v2Request, _ play.Object) *Reply {
	accounts := map[string]string{"Basic": "BASIC", "Operation": "OPERATION", "Fees": "FEES"}
	day, ok := billDay(q.Get("bill_date"))
	if !ok {
		return g.refusedV2(q, wire.ParamError("bill_date", "格式应为 yyyyMMdd"))
	}
	content := g.putBill(q.Endpoint.Path)
	if content == nil {
		text, err := g.parts.trade.FundFlowBill(g.now(), g.merchant.id, day, accounts[q.Get("account_type")])
		if err != nil {
			return g.refusedV2(q, play.Refuse(http.StatusOK, "NO_BILL_EXIST", "账单不存在"))
		}
		content = writing(text)
	}
	return fileV2(q, content)
}

// billDay returns a day of APIv2, such as 20260401, as v3 writes it.
func billDay(text string) (day string, ok bool) {
	at, err := time.Parse("20060102", text)
	return at.Format(time.DateOnly), err == nil
}

func (g *Gateway) putBill(path string) func(io.Writer) error {
	g.bills.mu.Lock()
	defer g.bills.mu.Unlock()
	return g.bills.content[path]
}

func fileV2(q *v2Request, content func(io.Writer) error) *Reply {
	kind := "text/plain; charset=utf-8"
	if q.Get("tar_type") == "GZIP" {
		kind = "application/x-gzip"
	}
	return &Reply{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {kind}}, unsigned: true,
		stream: zipped(content, q.Get("tar_type")), cut: q.http.fault == billCut,
	}
}

// publicKeyV2 is risk/getpublickey: the key by which fields of APIv2 are encrypted, in PKCS #1.
func (g *Gateway) publicKeyV2(q *v2Request, _ play.Object) *Reply {
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(g.credentials.PublicKey)})
	return xmlReply(q.Succeeded(play.Object{"mch_id": g.merchant.id, "pub_key": string(key)}, g.merchant.apiV2Key.Reveal()))
}

// accessToken is appauth/getaccesstoken, whose reply is JSON.
func accessToken(_ *Gateway, _ *v2Request, o play.Object) *Reply {
	reply := JSON(http.StatusOK, o.With(play.Object{"retcode": 0, "retmsg": "ok"}))
	reply.unsigned = true
	return reply
}

// comments is billcommentsp/batchquerycomment: a text with the next offset and a row for each
// comment, here of one; only errors are XML.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4014326528
func comments(g *Gateway, q *v2Request, _ play.Object) *Reply {
	at := g.now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateTime)
	return fileV2(q, writing([]byte("1\r\n`"+at+",`4200000000202601010000000000,`5,`赞\r\n")))
}

// pageForUsers is the reply to a browser: what the user does there, the control API plays.
func pageForUsers(_ *Gateway, q *v2Request, _ play.Object) *Reply {
	var b bytes.Buffer
	_, _ = b.WriteString("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>" + html.EscapeString(q.Endpoint.Title) +
		"</title></head><body><p>" + html.EscapeString(q.Endpoint.Title) + "</p><p>POST " + controlPrefix + "contracts/sign</p></body></html>")
	return &Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: b.Bytes(), unsigned: true}
}
