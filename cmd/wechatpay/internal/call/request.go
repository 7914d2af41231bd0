package call

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A request is one call as the command line describes it.
type request struct {
	app    *app.App
	flags  *flags
	method string
	path   string // as it was given
	v2     bool   // it is of APIv2

	endpoint   catalogue.Endpoint
	documented bool // endpoint is that of the catalogue

	json   json.RawMessage // the body, or the fields of APIv2; nil for none
	query  wechatpay.M     // texts, and lists of texts
	vars   wechatpay.M
	header http.Header

	pager  *pager // nil without --paginate
	filter filter // nil without --jq and --template
}

// newRequest reads the flags, and checks all that can be checked without a profile and the
// network.
func newRequest(a *app.App, method, path string, f *flags) (*request, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	r := &request{app: a, flags: f, method: method, path: path, v2: strings.HasPrefix(strings.ToLower(path), "v2/")}
	if !isURL(path) {
		bare, _, _ := strings.Cut(path, "?")
		r.endpoint, r.documented = openapi.Lookup(method, bare)
	}
	if err := r.checkFlags(); err != nil {
		return nil, err
	}
	var err error
	if r.filter, err = newFilter(f); err != nil {
		return nil, err
	}
	if err := r.parameters(); err != nil {
		return nil, err
	}
	if r.json, err = r.body(); err != nil {
		return nil, err
	}
	if f.paginate {
		if r.pager, err = r.newPager(); err != nil {
			return nil, err
		}
	}
	return r, r.check()
}

// parameters reads -q, --var and -H.
func (r *request) parameters() error {
	r.query, r.vars, r.header = wechatpay.M{}, wechatpay.M{}, http.Header{}
	err := pairs("-q", r.flags.query, func(name, value string) error {
		switch before := r.query[name].(type) {
		case nil:
			r.query[name] = value
		case string:
			r.query[name] = []string{before, value}
		case []string:
			r.query[name] = append(before, value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = pairs("--var", r.flags.vars, func(name, value string) error {
		name = strings.Trim(name, "{}")
		if _, twice := r.vars[name]; twice {
			return failure.Usagef("%s is given twice", name)
		}
		r.vars[name] = value
		return nil
	})
	if err != nil {
		return err
	}
	for _, text := range r.flags.header {
		name, value, ok := strings.Cut(text, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return failure.Usagef("-H: has no name and colon; write it as 'Name: value'")
		}
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return failure.Usagef("-H: Authorization is written by the client, which signs the request; leave it out")
		}
		r.header.Add(name, strings.TrimSpace(value))
	}
	return nil
}

// options returns those of the call, with a query of their own.
func (r *request) options() *wechatpay.Options {
	opts := &wechatpay.Options{Encrypt: paths(r.flags.encrypt), Decrypt: paths(r.flags.decrypt), Timeout: r.flags.timeout}
	if len(r.vars) > 0 {
		opts.Vars = r.vars
	}
	if len(r.query) > 0 {
		opts.Query = r.query
	}
	if len(r.header) > 0 {
		opts.Header = r.header
	}
	switch {
	case r.json == nil:
	case r.v2:
		opts.XML = r.json
	default:
		opts.JSON = r.json
	}
	if r.flags.verbose {
		opts.Debug, opts.Stack = r.app.Err, r.traced
	}
	return opts
}

// paths are those of --encrypt or --decrypt, in which auto stands for what is documented.
func paths(given []string) []string {
	rest := slices.DeleteFunc(slices.Clone(given), func(path string) bool { return path == "auto" })
	if len(rest) == len(given) {
		return given
	}
	return wechatpay.Auto(rest...)
}

// isFile reports whether a file comes back.
func (r *request) isFile() bool {
	return r.endpoint.Features.Sink || r.endpoint.Kind == "plain-download"
}
