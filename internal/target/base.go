package target

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// Prefix returns the path prefix that the endpoint is documented with: that of its documented
// base URL, or else that of the call's. It is "" for a base URL that is invalid.
func (p *Plan) Prefix() string {
	base := p.Client
	if raw := cmp.Or(p.Endpoint, p.Call); raw != "" {
		base, _ = baseurl.Parse(raw) // Resolve reports the error
	}
	return base.Prefix
}

// Below returns a path without the prefix of the call's base URL.
func (p *Plan) Below(path string) string {
	base := p.Client
	if p.Call != "" {
		base, _ = baseurl.Parse(p.Call) // Resolve reports the error
	}
	if below, ok := strings.CutPrefix(path, base.Prefix+"/"); ok && base.Prefix != "" {
		return "/" + below
	}
	return path
}

// resolveBase returns the base URL of a call, and the path below it.
func (p *Plan) resolveBase(path string) (base baseurl.Base, below string, err error) {
	base = p.Client
	if p.Call != "" {
		if base, err = baseurl.Parse(p.Call); err != nil {
			return base, "", fmt.Errorf("Options.BaseURL: %w", err)
		}
	}
	if p.Endpoint == "" {
		return base, path, nil
	}
	endpoint, err := baseurl.Parse(p.Endpoint)
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

// checkProduction refuses an absolute URL of WeChat Pay where the client calls a sandbox or a
// proxy, unless the call names WeChat Pay's base URL too. A test must not reach production
// because of a link, and a proxy must not be passed by.
func (p *Plan) checkProduction(u *url.URL) error {
	base := p.Client
	if p.Call != "" {
		var err error
		if base, err = baseurl.Parse(p.Call); err != nil {
			return fmt.Errorf("Options.BaseURL: %w", err)
		}
	}
	if !baseurl.IsWeChatPay(u.Host) {
		if p.Call != "" && (base.Scheme != u.Scheme || base.Host != u.Host) {
			return errors.New("Chain: an absolute URL is used verbatim; remove Options.BaseURL")
		}
		return nil
	}
	if baseurl.IsWeChatPay(base.Host) {
		return nil
	}
	return fmt.Errorf("Chain: the absolute URL is on %s, but the base URL is %s; set Options.BaseURL to %s if production is meant, or Config.ReverseProxy if %[2]s is a proxy",
		u.Host, base.Origin, "https://"+u.Host)
}

// checkRepeated refuses a path that begins with the end of its base URL.
func checkRepeated(base baseurl.Base, path string) error {
	last := base.Prefix[strings.LastIndexByte(base.Prefix, '/')+1:]
	if last == "" || !strings.HasPrefix(path, last) || !strings.HasPrefix(path[len(last):], "/") {
		return nil
	}
	return fmt.Errorf("Chain: the base URL ends in /%s and the path begins with it, so that it is sent twice; remove it from one of them", last)
}

// isMirror reports whether the client keeps its base URL for an endpoint with another one.
func isMirror(client, endpoint baseurl.Base) bool {
	if !baseurl.IsWeChatPay(client.Host) {
		return true // a sandbox or a proxy
	}
	for _, hosts := range [][]string{middleware.Mainland(), middleware.Overseas()} {
		if slices.Contains(hosts, client.Origin) && slices.Contains(hosts, endpoint.Origin) {
			return true
		}
	}
	return false
}
