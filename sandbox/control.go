package sandbox

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// controlPrefix begins the paths of the control API, with which programs in any language play
// the payer, time and WeChat Pay. Its version is part of it.
const controlPrefix = "/_sandbox/v1/"

// ControlToken returns the bearer token of the control API:
//
//	POST /_sandbox/v1/pay HTTP/1.1
//	Authorization: Bearer <token>
//
//	{"out_trade_no": "1217752501201407033233368018"}
//
// GET /_sandbox/v1/ lists what it can do. Bodies and replies are JSON; an error is
// {"error": "…"} with a 4xx.
func (g *Gateway) ControlToken() string {
	if g.checkMade() != nil {
		return ""
	}
	return g.token
}

// control serves the control API.
func (g *Gateway) control(w http.ResponseWriter, r *http.Request) {
	status, reply := g.controlled(w, r)
	if status >= http.StatusBadRequest {
		g.log(r, status, fmt.Sprint(reply))
	}
	JSON(status, reply).write(w)
}

func (g *Gateway) controlled(w http.ResponseWriter, r *http.Request) (status int, reply any) {
	failed := func(status int, text string) (int, any) { return status, map[string]string{"error": text} }
	if err := g.mayControl(r); err != nil {
		return failed(http.StatusForbidden, err.Error())
	}
	path := strings.TrimPrefix(r.URL.Path, controlPrefix)
	if path == "" && r.Method == http.MethodGet {
		return http.StatusOK, controlList()
	}
	var methods []string
	for _, a := range actions {
		switch {
		case a.path != path:
		case a.method != r.Method:
			methods = append(methods, a.method)
		default:
			in, err := a.read(w, r)
			if err != nil {
				return failed(http.StatusBadRequest, err.Error())
			}
			out, err := a.run(g, in)
			if err != nil {
				return failed(http.StatusConflict, strings.TrimPrefix(err.Error(), "sandbox: "))
			}
			if out == nil {
				out = map[string]any{}
			}
			return http.StatusOK, out
		}
	}
	if methods != nil {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		return failed(http.StatusMethodNotAllowed, "use "+strings.Join(methods, " or "))
	}
	return failed(http.StatusNotFound, "no such action; GET "+controlPrefix+" lists them")
}

// mayControl refuses other programs' pages and names: a browser on this machine must not be
// made to control the gateway.
func (g *Gateway) mayControl(r *http.Request) error {
	host := (&url.URL{Host: r.Host}).Hostname()
	if host != "localhost" && !net.ParseIP(host).IsLoopback() && !slices.Contains(g.hosts, host) {
		return fmt.Errorf("the control API is not served under the host %q; name it in Config.ControlHosts", host)
	}
	ownOrigin := origin(r)
	if origin := r.Header.Get("Origin"); origin != "" && origin != ownOrigin {
		return errors.New("the control API is not for pages of another origin")
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return errors.New("the control API is not for pages of another site")
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) != 1 {
		return errors.New("the token is missing or wrong; send Authorization: Bearer and the token, which is Gateway.ControlToken, and control_token in the credentials folder")
	}
	return nil
}

// read reads the parameters of an action. It refuses those that it does not have: a misspelt one
// would be ignored.
func (a *action) read(w http.ResponseWriter, r *http.Request) (in play.Object, err error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if len(data) == 0 {
		data = []byte("{}")
	}
	if in, err = play.ParseObject(data); err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	var params catalogue.Fields
	if err := params.UnmarshalText([]byte(a.params)); err != nil {
		return nil, err // a bug in the table, which a test reads
	}
	for name := range in {
		if !slices.ContainsFunc(params, func(f catalogue.Field) bool { return f.Name == name }) {
			return nil, fmt.Errorf("the parameter %q is unknown; there are: %s", name, a.params)
		}
	}
	if refusal := check.Body(params, in); refusal != nil {
		return nil, fmt.Errorf("%v: %v", refusal.Detail["field"], refusal.Detail["issue"])
	}
	return in, nil
}

func controlList() any {
	return map[string]any{"version": 1, "actions": ControlActions()}
}

// A ControlAction is one operation of the control API.
type ControlAction struct {
	Method     string `json:"method"`
	Path       string `json:"path"`       // such as "/_sandbox/v1/pay"
	Parameters string `json:"parameters"` // in the notation of package catalogue
	Doc        string `json:"doc"`
}

// ControlActions returns what GET /_sandbox/v1/ lists: the operations of the control API, in the
// order of their documentation.
func ControlActions() []ControlAction {
	list := make([]ControlAction, len(actions))
	for i, a := range actions {
		list[i] = ControlAction{Method: a.method, Path: controlPrefix + a.path, Parameters: a.params, Doc: a.doc}
	}
	return list
}
