package sandbox

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/provoke"
)

// play adds all endpoints of the catalogue.
func (g *Gateway) play() {
	handlers := g.parts.handlers(g.echo)
	own := map[string]Handler{ // files and certificates are the gateway's
		"GET /v3/bill/tradebill":                 g.applyForBill,
		"GET /v3/bill/fundflowbill":              g.applyForBill,
		"GET /v3/bill/sub-merchant-fundflowbill": g.applyForParts,
		"GET /v3/billdownload/file":              g.download,
		"GET /v3/certificates":                   g.certificates,
		"GET /v3/global/certificates":            g.certificates,
	}
	var former catalogue.Endpoint
	var last Handler
	for _, e := range catalogue.All() {
		var handler Handler
		key := e.Method + " " + e.Path
		switch {
		case own[key] != nil:
			handler = g.afterChecks(e, own[key])
		case handlers[key] != nil:
			handler = g.played(e, handlers[key])
		default:
			continue
		}
		if alike(former, e) {
			handler = either(former, e, last, handler)
		}
		g.Handle(e.Method, e.Path, handler)
		former, last = e, handler
	}
}

// afterChecks returns a Handler that compares a request with the catalogue first.
func (g *Gateway) afterChecks(e catalogue.Endpoint, handler Handler) Handler {
	return func(r *Request) *Reply {
		call := &play.Call{Caller: g.accountOf(e.Path).id, Vars: r.Vars, Query: r.URL.Query(), Now: g.now()}
		if refusal := g.checked(e, call, r); refusal != nil {
			return refused(refusal)
		}
		return handler(r)
	}
}

// played returns a Handler that compares a request with the catalogue before it is played,
// and sends the webhooks that it causes.
func (g *Gateway) played(e catalogue.Endpoint, handler play.Handler) Handler {
	return func(r *Request) *Reply {
		g.playing.RLock() // Save waits for it
		defer g.playing.RUnlock()
		caller := g.accountOf(e.Path)
		var events []play.Event
		call := &play.Call{
			Caller: caller.id, Vars: r.Vars, Query: r.URL.Query(), Now: g.now(),
			Emit: func(event play.Event) { events = append(events, event) },
		}
		if refusal := g.checked(e, call, r); refusal != nil {
			return refused(refusal)
		}
		reply, err := handler(call)
		if e.Method != http.MethodGet {
			g.parts.tick(call.Now, call.Emit)
		}
		for _, event := range events { // of a refused call too: what was due by then has happened
			g.webhooks.send(g, event, caller == &g.brand)
		}
		var refusal *play.Refusal
		switch {
		case errors.As(err, &refusal):
			return refused(refusal)
		case err != nil:
			return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
		case reply == nil && e.Features.Sink:
			return file(e, g.downloaded(e, r))
		case reply == nil:
			return NoContent()
		}
		if object, ok := reply.(play.Object); ok && e.Features.Multipart != nil {
			g.keepUpload(e, r, object)
		}
		return g.encrypted(e, caller, r, JSON(http.StatusOK, reply))
	}
}

// checked reads and checks the parameters of a call. The last check is for the errors that a
// number asks for.
func (g *Gateway) checked(e catalogue.Endpoint, call *play.Call, r *Request) *play.Refusal {
	if refusal := check.Vars(e.Vars, call.Vars); refusal != nil {
		return refusal
	}
	if refusal := check.Query(e.Query, call.Query); refusal != nil {
		return refusal
	}
	if r.query != nil {
		call.Query = r.query
	}
	if refusal := g.readBody(e, call, r); refusal != nil {
		return refusal
	}
	if refusal := check.Caller(e, call.Caller, call.Body, call.Query); refusal != nil {
		return refusal
	}
	return provoke.Refusal(e.Method, e.Path, provoke.Numbers(call.Vars, call.Query, call.Body))
}

// readBody sets the JSON body of a call: of an upload it is the meta part.
func (g *Gateway) readBody(e catalogue.Endpoint, call *play.Call, r *Request) (refusal *play.Refusal) {
	body := r.signed
	if r.Decrypted != nil {
		body = r.Decrypted
	}
	if e.Features.Multipart != nil {
		if call.Body, refusal = check.Meta(e, body); refusal != nil {
			return refusal
		}
		return g.checkUpload(e, call.Body, r)
	}
	if len(body) == 0 && len(e.JSON) == 0 {
		return nil
	}
	var err error
	if call.Body, err = play.ParseObject(body); err != nil {
		if strings.TrimSpace(string(body)) == "" {
			return play.WrongField("body", "", "请求体为空")
		}
		return play.WrongField("body", "", "请求体不是 JSON 对象")
	}
	return check.Body(e.JSON, call.Body)
}

// encrypted encrypts the fields of a reply that are documented as encrypted, to the caller's
// key, and names the gateway where a part could not know it.
func (g *Gateway) encrypted(e catalogue.Endpoint, caller *account, r *Request, reply *Reply) *Reply {
	reply.Body = bytes.ReplaceAll(reply.Body, []byte(ownURL), []byte(origin(r.Request)))
	traits, _ := endpoint.Lookup(e.Method, e.Path)
	if len(traits.Encrypted.Reply) == 0 {
		return reply
	}
	optional := make(cipher.Fields, len(traits.Encrypted.Reply))
	for i, field := range traits.Encrypted.Reply {
		optional[i] = field + "?"
	}
	body, err := optional.Map(reply.Body, func(value string) (string, error) { return cipher.Encrypt(&caller.key.PublicKey, value) })
	if err != nil {
		return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
	}
	reply.Body = body
	return reply
}

// file is a reply that is a file.
func file(e catalogue.Endpoint, content []byte) *Reply {
	traits, _ := endpoint.Lookup(e.Method, e.Path)
	return &Reply{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: content,
		unsigned: traits.Signature == endpoint.Unsigned || traits.Signature == endpoint.UnsignedReply,
	}
}

func refused(r *play.Refusal) *Reply {
	reply := Error(r.Status, r.Code, r.Message, r.Detail)
	reply.number = r.Number
	return reply
}

func paramError(field, location, issue string) *Reply {
	return refused(play.WrongField(location, field, issue))
}
