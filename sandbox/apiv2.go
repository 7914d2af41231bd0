package sandbox

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/v2pay"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A v2Route is an endpoint of APIv2, and how it is answered.
type v2Route struct {
	endpoint catalogue.Endpoint
	played   v2pay.Handler
	// reply makes what is not XML, or of the gateway, of a call that was checked; nil for XML
	// with what was played.
	reply func(g *Gateway, r *v2Request, o play.Object) *Reply
}

// A v2Request is a call of APIv2.
type v2Request struct {
	*wire.Request
	http *Request
}

// playV2 sets the endpoints of APIv2.
func (g *Gateway) playV2() {
	g.v2 = map[string]*v2Route{}
	handlers := g.parts.handlersV2()
	for _, e := range catalogue.All() {
		if e.Version != 2 {
			continue
		}
		route := &v2Route{endpoint: e, played: handlers[e.Path], reply: v2Replies[e.Path]}
		if route.played == nil {
			route.played = v2pay.Sampled(e)
		}
		if e.Kind == "redirect-url" {
			route.reply = pageForUsers
		}
		g.v2[e.Path] = route
	}
}

// judgeV2 is judge for APIv2.
func (g *Gateway) judgeV2(e *Exchange, r *Request, to *v2Route) (*Reply, FaultRule) {
	q, refusal := g.authenticateV2(e, r, to.endpoint)
	if refusal != nil {
		e.Refused = refusal.reason
		g.log(r.Request, refusal.Status, refusal.reason)
		return refusal, FaultRule{}
	}
	rule, armed := g.armed.take(r.Method, r.URL.EscapedPath(), r.URL.EscapedPath())
	if armed && r.fault == "" {
		r.fault = rule.Fault
	}
	switch {
	case rule.Code != "":
		reply := g.refusedV2(q, play.Refuse(rule.Status, rule.Code, "沙箱预设的错误"))
		if rule.Status != 0 {
			reply.Status = rule.Status
		}
		return reply, rule
	case r.fault == notAccepted:
		return &Reply{unsigned: true}, rule
	}
	reply := g.safely(func(*Request) *Reply { return g.answerV2(q, to) }, r)
	reply.unsigned = true // the sign, if there is one, stands in the XML
	return reply, rule
}

// authenticateV2 verifies a request as WeChat Pay does, and returns a refusal if it fails.
func (g *Gateway) authenticateV2(e *Exchange, r *Request, to catalogue.Endpoint) (*v2Request, *Reply) {
	lack := g.certificateFault(r.Request, to)
	if page := lack.page(to.Path); page != nil {
		return nil, page
	}
	q, err := wire.Read(to, r.Request, r.Body)
	if err == nil {
		e.SignedMessage = cut(signer.DigestMessage(q.Params))
		err = q.Authenticate(g.merchant.id, g.merchant.apiV2Key.Reveal(), g.merchant.apiV3Key.Reveal())
	}
	var fault *wire.Fault
	switch known := (&v2Request{q, r}); {
	case errors.As(err, &fault):
	case lack == noCertificate:
		reply := g.refusedV2(known, play.Refuse(http.StatusOK, "CA_ERROR", "证书出错，请登录微信支付商户平台下载证书"))
		reply.reason = string(lack)
		return nil, reply
	default:
		return known, nil
	}
	reply := xmlReply(wire.Failed(fault.Message))
	reply.reason = fault.Error()
	if fault.Forged && g.onRefusal != nil {
		g.onRefusal(r.Request, reply.reason)
	}
	return nil, reply
}

// answerV2 answers a call of a known caller, and sends the webhooks that it causes.
func (g *Gateway) answerV2(q *v2Request, to *v2Route) *Reply {
	if handler, vars := g.routes.find(q.http.Method, q.http.URL.EscapedPath()); handler != nil { // of a test
		q.http.Vars = vars
		return handler(q.http)
	}
	body, refusal := q.Object()
	if refusal == nil {
		refusal = g.decryptV2(q, body)
	}
	if refusal == nil {
		refusal = provoke.RefusalV2(to.endpoint.Path, provoke.Numbers(nil, nil, body))
	}
	if refusal != nil {
		return g.refusedV2(q, refusal)
	}
	g.playing.RLock() // Save waits for it
	defer g.playing.RUnlock()
	var events []play.Event
	call := &v2pay.Call{Digest: q.Digest, Call: &play.Call{
		Caller: g.merchant.id, Body: body, Now: g.now(), Emit: func(event play.Event) { events = append(events, event) },
	}}
	o, err := to.played(call)
	g.parts.tick(call.Now, call.Emit)
	for _, event := range events {
		g.webhooks.send(g, event, false)
	}
	switch {
	case errors.As(err, &refusal):
		return g.refusedV2(q, refusal)
	case err != nil:
		return g.refusedV2(q, play.Refuse(http.StatusOK, "SYSTEMERROR", err.Error()))
	case to.reply != nil:
		return to.reply(g, q, o)
	}
	return xmlReply(bytes.ReplaceAll(q.Succeeded(o, g.merchant.apiV2Key.Reveal()), []byte(ownURL), []byte(origin(q.http.Request))))
}

// decryptV2 decrypts the fields that are documented as encrypted, with the key of risk/getpublickey.
func (g *Gateway) decryptV2(q *v2Request, body play.Object) *play.Refusal {
	for _, f := range q.Endpoint.XML {
		if !f.Encrypted || !body.Has(f.Name) {
			continue
		}
		key, ok := g.merchant.platform.named(g.credentials.PublicKeyID)
		if !ok {
			return wire.ParamError(f.Name, "没有公钥")
		}
		decrypter, err := cipher.NewDecrypter(key.key)
		if err == nil {
			body[f.Name], err = cipher.Decrypt(q.http.Context(), decrypter, body.Text(f.Name))
		}
		if err != nil {
			return wire.ParamError(f.Name, "解密失败，应使用 risk/getpublickey 的公钥加密")
		}
	}
	return nil
}

// refusedV2 is the reply to a call that was refused.
func (g *Gateway) refusedV2(q *v2Request, refusal *play.Refusal) *Reply {
	g.log(q.http.Request, http.StatusOK, refusal.Error())
	return xmlReply(q.Refused(refusal, g.merchant.apiV2Key.Reveal()))
}

func xmlReply(body []byte) *Reply {
	return &Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}, Body: body, unsigned: true}
}

// spoilV2 makes a reply of APIv2 faulty. What the header of a reply of v3 is spoilt by means
// nothing here.
func spoilV2(r *Reply, name string) {
	begin, end := bytes.Index(r.Body, []byte("<sign>")), bytes.Index(r.Body, []byte("</sign>"))
	switch fault := replyFaults[name]; {
	case fault != nil:
		fault(r)
	case name == "tampered":
		r.Body = bytes.Replace(r.Body, []byte("<return_msg>"), []byte("<sandbox>1</sandbox>\n<return_msg>"), 1)
	case name == "unsigned" && begin >= 0:
		r.Body = slices.Delete(r.Body, begin, end+len("</sign>"))
	case name == "garbled" && begin >= 0:
		r.Body = slices.Concat(r.Body[:begin], []byte("<sign>not a digest!"), r.Body[end:])
	case name == "" || name == "unsigned" || name == "garbled" || slices.Contains(BillFaults(), name):
	case signatureFaults[name] != nil:
		r.become(http.StatusNotImplemented, "text/plain", "sandbox: the fault means nothing in APIv2")
	default:
		r.become(http.StatusNotImplemented, "text/plain", "sandbox: unknown fault")
	}
}
