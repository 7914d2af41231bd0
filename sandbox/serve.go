package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

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

	signed []byte     // what the signature covers: Body, or the meta part of an upload
	query  url.Values // with its sensitive values decrypted; nil if none are documented
	fault  string     // of the reply; "" for none
	file   []byte     // of an upload
}

// A Handler answers a request. It must be safe for concurrent use.
type Handler func(*Request) *Reply

// Handle adds an endpoint, or replaces one: path is a template such as
// "/v3/refund/domestic/refunds/{out_refund_no}". Of two that match, the one with more literal
// segments wins, then the later one.
// A prefix before /v3/ in a request's path, such as /hk, is not part of it. The handler of an
// endpoint of APIv2 is called once the sign is verified, and its reply is not signed. Handle
// panics if New did not make the Gateway.
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
	e := &Exchange{At: g.now(), Method: r.Method, Target: cut(r.RequestURI), Body: cut(string(body))}
	reply := g.reply(e, &Request{Request: r, Body: body, fault: r.Header.Get(FaultHeader)})
	e.Status, e.RequestID, e.Reply = reply.Status, reply.Header.Get("Request-ID"), cut(string(reply.Body))
	g.exchanges.add(*e)
	reply.write(w)
}

// reply returns the signed reply, with its fault.
func (g *Gateway) reply(e *Exchange, r *Request) *Reply {
	route := routeOf(r.URL.EscapedPath())
	caller := g.accountOf(route)
	reply, rule := &Reply{}, FaultRule{}
	v2 := g.v2[r.URL.EscapedPath()]
	switch {
	case r.fault == notAccepted:
	case v2 != nil:
		reply, rule = g.judgeV2(e, r, v2)
	default:
		reply, rule = g.judge(e, caller, route, r)
	}
	e.Fault = cut(r.fault + rule.Code)
	g.sign(caller, r.Request, reply)
	if e.Refused == "" && rule.Code == "" {
		if v2 != nil {
			spoilV2(reply, r.fault)
		} else {
			spoil(reply, r.fault)
		}
	}
	pause(r.Context(), rule.Delay)
	return reply
}

// judge refuses a caller, applies an armed rule, or answers.
func (g *Gateway) judge(e *Exchange, caller *account, route string, r *Request) (*Reply, FaultRule) {
	if refusal := g.authenticate(e, caller, r); refusal != nil {
		e.Refused = refusal.reason
		g.log(r.Request, refusal.Status, refusal.reason)
		if g.onRefusal != nil && refusal.Status == http.StatusUnauthorized {
			g.onRefusal(r.Request, refusal.reason)
		}
		return refusal, FaultRule{}
	}
	rule, armed := g.armed.take(r.Method, r.URL.EscapedPath(), route)
	if armed && r.fault == "" {
		r.fault = rule.Fault
	}
	if reply := rule.reply(); reply != nil {
		return reply, rule
	}
	if r.fault == notAccepted {
		return &Reply{}, rule
	}
	reply := g.answer(caller, route, r)
	if reply.Status >= http.StatusBadRequest {
		g.log(r.Request, reply.Status, string(reply.Body))
	}
	return reply, rule
}

// origin is the address under which a request reached the gateway.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// pause waits in real time: the delay is the network's.
func pause(ctx context.Context, long time.Duration) {
	if long <= 0 {
		return
	}
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// log writes a line about a request that was refused or failed.
func (g *Gateway) log(r *http.Request, status int, reason string) {
	if g.logger != nil {
		g.logger.WarnContext(r.Context(), "sandbox: refused", "method", r.Method, "target", cut(r.RequestURI), "status", status, "reason", reason)
	}
}

// safely turns a panic of a handler into a 500.
func (g *Gateway) safely(handler Handler, r *Request) (reply *Reply) {
	defer func() {
		if value := recover(); value != nil {
			g.log(r.Request, http.StatusInternalServerError, fmt.Sprintf("panic: %v\n%s", value, debug.Stack()))
			reply = Error(http.StatusInternalServerError, "SYSTEM_ERROR", "系统错误", nil)
		}
	}()
	reply = handler(r)
	if reply == nil {
		panic("the handler returned nil")
	}
	return reply
}

// answer finds the handler of a request whose caller is known.
func (g *Gateway) answer(caller *account, route string, r *Request) *Reply {
	// A brand names WeChat Pay's key in every request, a merchant where a field is encrypted.
	if id := r.Header.Get(signer.HeaderSerial); caller == &g.brand && !caller.platform.known(id, g.clock.wall()) {
		return noSuchKey(id)
	}
	if refusal := g.decryptFields(caller, r, route); refusal != nil {
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
		return g.unknown(route)
	}
	r.Vars = vars
	return g.safely(handler, r)
}

// unknown answers a path that is not documented.
func (g *Gateway) unknown(route string) *Reply {
	reply := Error(http.StatusNotFound, "NOT_FOUND", "请求的资源不存在", nil)
	if methods := g.routes.methods(route); len(methods) > 0 {
		reply = Error(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "请求方法不正确", nil)
		reply.Header.Set("Allow", strings.Join(methods, ", "))
	}
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
	reply.sign(caller.scheme, caller.platform.forReply(r.Header.Get(signer.HeaderSerial), g.clock.wall()), timestamp, nonce)
}
