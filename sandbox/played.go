package sandbox

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// play adds endpoints of the catalogue, by method and path, that a part of the sandbox plays.
// It panics for one that is not in the catalogue.
func (g *Gateway) play(handlers map[string]play.Handler) {
	known := 0
	for _, e := range catalogue.All() {
		if handler := handlers[e.Method+" "+e.Path]; handler != nil {
			known++
			g.Handle(e.Method, e.Path, g.played(e, handler))
		}
	}
	if known != len(handlers) {
		panic("sandbox: an endpoint that is played is not in the catalogue")
	}
}

// played returns a Handler that compares a request with the catalogue before it is played,
// and sends the webhooks that it causes.
func (g *Gateway) played(e catalogue.Endpoint, handler play.Handler) Handler {
	return func(r *Request) *Reply {
		caller := g.accountOf(e.Path)
		var events []play.Event
		call := &play.Call{
			Caller: caller.id, Vars: r.Vars, Query: r.URL.Query(), Now: g.now(),
			Emit: func(event play.Event) { events = append(events, event) },
		}
		if refusal := checked(e, call, r); refusal != nil {
			return refused(refusal)
		}
		reply, err := handler(call)
		for _, event := range events { // of a refused call too: what was due by then has happened
			g.webhooks.send(g, event, caller == &g.brand)
		}
		var refusal *play.Refusal
		switch {
		case errors.As(err, &refusal):
			return refused(refusal)
		case err != nil:
			return Error(http.StatusInternalServerError, "SYSTEM_ERROR", err.Error(), nil)
		}
		if reply == nil {
			return NoContent()
		}
		return JSON(http.StatusOK, reply)
	}
}

// checked reads and checks the parameters of a call.
func checked(e catalogue.Endpoint, call *play.Call, r *Request) *play.Refusal {
	if refusal := check.Vars(e.Vars, call.Vars); refusal != nil {
		return refusal
	}
	if refusal := check.Query(e.Query, call.Query); refusal != nil {
		return refusal
	}
	body := r.Body
	if r.Decrypted != nil {
		body = r.Decrypted
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

func refused(r *play.Refusal) *Reply {
	reply := Error(r.Status, r.Code, r.Message, r.Detail)
	reply.number = r.Number
	return reply
}

func paramError(field, location, issue string) *Reply {
	return refused(play.WrongField(location, field, issue))
}
