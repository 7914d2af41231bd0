package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
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

// ServeHTTP authenticates the request, answers it, signs the reply and applies a fault.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := g.checkMade(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if number, ok := strings.CutPrefix(r.URL.Path, "/_sandbox/pay/"); ok {
		g.servePay(w, r, number)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	fault := r.Header.Get(FaultHeader)
	reply := &Reply{}
	route := routeOf(r.URL.EscapedPath())
	caller := g.accountOf(route)
	if fault != notAccepted {
		reply = g.answer(caller, route, r, body)
	}
	g.sign(caller, r, reply)
	spoil(reply, fault)
	reply.write(w)
}

func (g *Gateway) answer(caller *account, route string, r *http.Request, body []byte) *Reply {
	if refusal := g.authenticate(caller, r, body); refusal != nil {
		if g.onRefusal != nil && refusal.Status == http.StatusUnauthorized {
			g.onRefusal(r, refusal.reason)
		}
		return refusal
	}
	// A brand names WeChat Pay's key in every request, a merchant may.
	if id := r.Header.Get(signer.HeaderSerial); (id != "" || caller == &g.brand) && !caller.platform.known(id, g.now()) {
		return Error(http.StatusBadRequest, "PARAM_ERROR", "Wechatpay-Serial 不是平台证书序列号或公钥 ID",
			map[string]any{"field": signer.HeaderSerial, "value": id, "location": "header"})
	}
	if route == "" {
		return Error(http.StatusNotFound, "NOT_FOUND", "请求的资源不存在", nil)
	}
	decrypted, refusal := g.decryptFields(r, route, body)
	if refusal != nil {
		return refusal
	}
	handler, vars := g.routes.find(r.Method, route)
	if handler == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		handler = g.upload
	}
	if handler == nil {
		handler = echo
	}
	return handler(&Request{Request: r, Body: body, Vars: vars, Decrypted: decrypted})
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
	timestamp, nonce := strconv.FormatInt(g.now().Unix(), 10), signer.Nonce()
	reply.sign(caller.scheme, caller.platform.forReply(r.Header.Get(signer.HeaderSerial)), timestamp, nonce)
}
