package target

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A Base is a parsed base URL: an origin and the escaped path prefix of all targets,
// without its trailing slash.
type Base struct {
	Scheme, Host, Origin, Prefix string
}

// ParseBase parses a base URL. Its errors do not contain the URL, which may contain a
// password.
func ParseBase(raw string) (Base, error) {
	u, err := url.Parse(raw)
	switch {
	case raw != "" && !strings.Contains(raw, "://"):
		return Base{}, errors.New("has no scheme; write https:// (or http:// for a sandbox) in front of the host")
	case err != nil: // it contains the URL, password included
		return Base{}, errors.New("is malformed; write it as https://host, https://host:port or https://host/prefix")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return Base{}, errors.New("must begin with https://host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return Base{}, errors.New("must be a scheme, a host and a path, without user, query and fragment")
	}
	base := Base{Scheme: u.Scheme, Host: u.Host, Origin: u.Scheme + "://" + u.Host}
	base.Prefix = strings.TrimRight(u.EscapedPath(), "/")
	if err := checkPath(base.Prefix); err != nil {
		return Base{}, err
	}
	if u.Scheme == "http" && middleware.Trusted(&url.URL{Scheme: "https", Host: u.Host}) == nil {
		return Base{}, errors.New("calls WeChat Pay over plain http; use https")
	}
	return base, nil
}

// resolveBase returns the base URL of a call, and the path below it.
func (p *Plan) resolveBase(path string) (base Base, below string, err error) {
	base = p.Client
	if p.Call != "" {
		if base, err = ParseBase(p.Call); err != nil {
			return base, "", fmt.Errorf("Options.BaseURL: %w", err)
		}
	}
	if p.Endpoint == "" {
		return base, path, nil
	}
	endpoint, err := ParseBase(p.Endpoint)
	if err != nil {
		return endpoint, "", fmt.Errorf("Chain.WithBaseURL: %w", err)
	}
	if p.Call == "" && !isMirror(base, endpoint) {
		base = endpoint
	}
	path = "/" + path
	if !strings.HasPrefix(path, endpoint.Prefix+"/") {
		path = endpoint.Prefix + path
	}
	if strings.HasPrefix(path, base.Prefix+"/") {
		path = path[len(base.Prefix):]
	}
	return base, path[1:], nil
}

// isMirror reports whether the client keeps its base URL for an endpoint with another one.
func isMirror(client, endpoint Base) bool {
	if middleware.Trusted(&url.URL{Scheme: "https", Host: client.Host}) != nil {
		return true // a sandbox or a proxy
	}
	for _, hosts := range [][]string{middleware.Mainland(), middleware.Overseas()} {
		if slices.Contains(hosts, client.Origin) && slices.Contains(hosts, endpoint.Origin) {
			return true
		}
	}
	return false
}
