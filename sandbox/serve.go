package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// maxRequest is the maximum size of a request body.
const maxRequest = 16 << 20

// A Request is an authenticated request to an endpoint.
type Request struct {
	*http.Request
	Body []byte
	Vars map[string]string // the values of the {variables} of the endpoint, decoded
	// Decrypted is the body (of an upload: its meta part) with its sensitive fields decrypted;
	// nil if none are documented for the endpoint.
	Decrypted []byte

	file []byte // of an upload
}

// A Handler answers a request. It must be safe for concurrent use.
type Handler func(*Request) *Reply

// Handle adds an endpoint, or replaces one: path is a template such as
// "/v3/refund/domestic/refunds/{out_refund_no}". Of two that match, the one with more literal
// segments wins, then the later one.
// A prefix before /v3/ in a request's path, such as /hk, is not part of it. Handle panics
// if New did not make the Gateway.
func (g *Gateway) Handle(method, path string, handler Handler) {
	if err := g.checkMade(); err != nil {
		panic(err)
	}
	g.routes.add(method, path, handler)
}

// ServeHTTP authenticates the request, answers it, signs the reply and applies a fault. Nothing
// is locked while it reads and writes.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := g.checkMade(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		g.control(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		g.log(r, http.StatusRequestEntityTooLarge, err.Error())
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	e := &Exchange{At: g.now(), Method: r.Method, Target: r.RequestURI, Body: recorded(body)}
	reply := g.reply(e, r, body)
	e.Status, e.RequestID, e.Reply = reply.Status, reply.Header.Get("Request-ID"), recorded(reply.Body)
	g.exchanges.add(*e)
	reply.write(w)
}

// reply returns the signed reply, with its fault.
func (g *Gateway) reply(e *Exchange, r *http.Request, body []byte) *Reply {
	route := routeOf(r.URL.EscapedPath())
	caller := g.accountOf(route)
	rule, armed := g.armed.take(r.Method, route)
	e.Fault = r.Header.Get(FaultHeader)
	if armed && e.Fault == "" {
		e.Fault = rule.Fault
		r.Header.Set(FaultHeader, e.Fault) // bills read it
	}
	reply := rule.reply()
	switch {
	case reply != nil:
		e.Fault = rule.Code
	case e.Fault == notAccepted:
		reply = &Reply{}
	default:
		reply = g.answer(e, caller, route, r, body)
	}
	g.sign(caller, r, reply)
	if rule.Code == "" {
		spoil(reply, e.Fault)
	}
	if rule.Delay > 0 {
		_ = newClock(nil).wait(r.Context(), rule.Delay)
	}
	return reply
}

// log writes a line about a request that was refused or failed.
func (g *Gateway) log(r *http.Request, status int, reason string) {
	if g.logger != nil {
		g.logger.WarnContext(r.Context(), "sandbox: refused", "method", r.Method, "target", r.RequestURI, "status", status, "reason", reason)
	}
}

// safely turns a panic of a handler into a 500.
func (g *Gateway) safely(r *http.Request, handler Handler, request *Request) (reply *Reply) {
	defer func() {
		if value := recover(); value != nil {
			g.log(r, http.StatusInternalServerError, fmt.Sprintf("panic: %v\n%s", value, debug.Stack()))
			reply = Error(http.StatusInternalServerError, "SYSTEM_ERROR", "系统错误", nil)
		}
	}()
	reply = handler(request)
	if reply == nil {
		panic("the handler returned nil")
	}
	return reply
}

func (g *Gateway) answer(e *Exchange, caller *account, route string, r *http.Request, body []byte) *Reply {
	if refusal := g.authenticate(e, caller, r, body); refusal != nil {
		e.Refused = refusal.reason
		g.log(r, refusal.Status, refusal.reason)
		if g.onRefusal != nil && refusal.Status == http.StatusUnauthorized {
			g.onRefusal(r, refusal.reason)
		}
		return refusal
	}
	// A brand names WeChat Pay's key in every request, a merchant may.
	if id := r.Header.Get(signer.HeaderSerial); (id != "" || caller == &g.brand) && !caller.platform.known(id, g.clock.wall()) {
		return Error(http.StatusBadRequest, "PARAM_ERROR", "Wechatpay-Serial 不是平台证书序列号或公钥 ID",
			map[string]any{"field": signer.HeaderSerial, "value": id, "location": "header"})
	}
	decrypted, refusal := g.decryptFields(r, route, body)
	if refusal != nil {
		return refusal
	}
	handler, vars := g.routes.find(r.Method, r.URL.EscapedPath()) // /hk and /global may belong to it
	if handler == nil {
		handler, vars = g.routes.find(r.Method, route)
	}
	switch {
	case handler == nil && g.echo && route != "":
		handler = echo
	case handler == nil:
		return g.unknown(r, route)
	}
	reply := g.safely(r, handler, &Request{Request: r, Body: body, Vars: vars, Decrypted: decrypted})
	if reply.Status >= http.StatusBadRequest {
		g.log(r, reply.Status, string(reply.Body))
	}
	return reply
}

// unknown answers a path that is not documented.
func (g *Gateway) unknown(r *http.Request, route string) *Reply {
	reply := Error(http.StatusNotFound, "NOT_FOUND", "请求的资源不存在", nil)
	if methods := g.routes.methods(route); len(methods) > 0 {
		reply = Error(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "请求方法不正确", nil)
		reply.Header.Set("Allow", strings.Join(methods, ", "))
	}
	g.log(r, reply.Status, "no such endpoint")
	return reply
}

// echo answers an unknown endpoint with the request.
func echo(r *Request) *Reply {
	fields := map[string]any{
		"method": r.Method, "target": r.RequestURI, "content_type": r.Header.Get("Content-Type"), "body": string(r.Body),
	}
	if json.Valid(r.Body) {
		fields["json"] = json.RawMessage(r.Body)
	}
	if r.Decrypted != nil {
		fields["decrypted"] = json.RawMessage(r.Decrypted)
	}
	return JSON(http.StatusOK, fields)
}

// sign signs a reply with the key that the request names, or that of the platform
// certificate.
func (g *Gateway) sign(caller *account, r *http.Request, reply *Reply) {
	if reply.Header == nil {
		reply.Header = http.Header{}
	}
	id := signer.Nonce()
	if reply.number != 0 {
		id += "-" + strconv.Itoa(reply.number)
	}
	reply.Header.Set("Request-ID", id)
	if reply.unsigned {
		return
	}
	timestamp, nonce := strconv.FormatInt(g.clock.wall().Unix(), 10), signer.Nonce()
	reply.sign(caller.scheme, caller.platform.forReply(r.Header.Get(signer.HeaderSerial)), timestamp, nonce)
}
