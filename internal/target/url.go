// Package target builds the URL of a request from base URL, path, variables and query,
// byte for byte as it is signed and sent. It does no I/O.
package target

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A Plan has the parts of the URL of a request.
type Plan struct {
	Path     string // a path, a template, or an absolute URL, as the caller wrote it
	Vars     map[string]any
	Query    map[string]any
	Client   baseurl.Base // the client's
	Call     string       // base URL of this call; "" for the client's
	Endpoint string       // documented base URL of the endpoint; "" for the client's
}

// Resolve sets u. Its request target is, byte for byte, the path of the caller with the
// variables expanded. It refuses a host that is not trusted.
func (p *Plan) Resolve(u *url.URL) error {
	resolve := p.resolvePath
	if HasScheme(p.Path) {
		resolve = p.resolveAbsolute
	}
	if err := resolve(u); err != nil {
		return err
	}
	if err := middleware.Trusted(u, p.Client.Origin); err != nil || !HasScheme(p.Path) {
		return err
	}
	return p.checkProduction(u)
}

// resolveAbsolute uses an absolute URL verbatim. Rebuilding it might encode it twice.
func (p *Plan) resolveAbsolute(u *url.URL) error {
	if len(p.Vars) > 0 || p.Endpoint != "" {
		return errors.New("Chain: an absolute URL is used verbatim; remove Vars, WithVar and WithBaseURL")
	}
	parsed, err := url.Parse(p.Path)
	if err != nil {
		return errors.New("Chain: the absolute URL is malformed") // the cause contains the URL, which may contain a token
	}
	_, rest, _ := strings.Cut(p.Path, "://")
	target := strings.TrimPrefix(rest, parsed.Host)
	if parsed.User != nil || parsed.Host == "" || !strings.HasPrefix(target, "/") {
		return errors.New("Chain: an absolute URL needs a host and a path, and no user name")
	}
	return setTarget(u, strings.ToLower(parsed.Scheme), parsed.Host, target, p.Query)
}

func (p *Plan) resolvePath(u *url.URL) error {
	path, err := expand(p.Path, p.Vars)
	if err != nil {
		return err
	}
	path = strings.TrimPrefix(path, "/")
	if path == "" || path[0] == '/' || path[0] == '?' {
		return fmt.Errorf("Chain: %q has no path, or begins with an empty segment", p.Path[:PathEnd(p.Path)])
	}
	base, path, err := p.resolveBase(path)
	if err != nil {
		return err
	}
	if err := checkRepeated(base, path); err != nil {
		return err
	}
	return setTarget(u, base.Scheme, base.Host, base.Prefix+"/"+path, p.Query)
}

// setTarget sets u so that its RequestURI is target plus query, and verifies that.
func setTarget(u *url.URL, scheme, host, target string, query map[string]any) error {
	path, rawQuery, hasQuery := strings.Cut(target, "?")
	if err := baseurl.CheckPath(path); err != nil {
		return fmt.Errorf("Chain: %w", err)
	}
	if err := baseurl.CheckCharacters(rawQuery); err != nil {
		return fmt.Errorf("Chain: %w", err)
	}
	if len(query) > 0 {
		encoded, err := encodeQuery(query)
		if err != nil {
			return err
		}
		if rawQuery != "" && encoded != "" {
			rawQuery += "&"
		}
		rawQuery += encoded
		hasQuery = hasQuery || encoded != ""
	}
	u.Scheme, u.Host, u.Path, u.RawQuery = scheme, host, path, rawQuery
	u.ForceQuery = hasQuery && rawQuery == ""
	if strings.Contains(path, "%") {
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return fmt.Errorf("Chain: %w", err)
		}
		u.Path = decoded
	}
	if u.EscapedPath() != path {
		u.RawPath = path
	}
	if sent := u.EscapedPath(); sent != path {
		return errors.New("Chain: the path is not canonically percent-encoded; encode it as RFC 3986 does, or pass values in Options.Vars")
	}
	return nil
}

// HasScheme reports whether a path is an absolute URL.
func HasScheme(path string) bool {
	scheme, _, found := strings.Cut(path, "://")
	return found && !strings.ContainsAny(scheme, "/?{")
}

// PathEnd returns the index of the query or fragment of a path. At the start of an
// expression, as in {?name}, both are operators of a template.
func PathEnd(path string) int {
	for i, c := range []byte(path) {
		if (c == '?' || c == '#') && (i == 0 || path[i-1] != '{' || !isExpression(path[i+1:])) {
			return i
		}
	}
	return len(path)
}

// isExpression reports whether s begins with the rest of a template's expression.
func isExpression(s string) bool {
	names, _, closed := strings.Cut(s, "}")
	return closed && !strings.ContainsAny(names, "=&?#/{")
}
