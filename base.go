package wechatpay

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// WithBaseURL says which base URL the documentation of an endpoint gives it, where that is not
// [DefaultBaseURL], such as https://apihk.mch.weixin.qq.com/. The chains of package
// openapi do so by themselves. A prefix in it, such as /global/, belongs to the path, and
// is put in front of one that does not begin with it.
//
// It takes the place of a [Config].BaseURL, unless that is a sandbox or a proxy of the
// caller's, or a host that stands in for the one of base ([middleware.Mainland],
// [middleware.Overseas]). An [Options].BaseURL is stronger than both. A base that is
// none is told by the call.
func (ch Chain) WithBaseURL(base string) Chain {
	ch.base = base
	return ch
}

// site is the base URL that a call goes to, and the path below it.
func (ch Chain) site(opts *Options, path string) (base baseURL, below string, err error) {
	base = ch.client.base
	if opts.BaseURL != "" {
		if base, err = parseBaseURL(opts.BaseURL); err != nil {
			return base, "", fmt.Errorf("Options.BaseURL: %w", err)
		}
	}
	if ch.base == "" {
		return base, path, nil
	}
	own, err := parseBaseURL(ch.base)
	if err != nil {
		return own, "", fmt.Errorf("Chain.WithBaseURL: %w", err)
	}
	if opts.BaseURL == "" && !standsIn(base, own) {
		base = own
	}
	path = "/" + path
	if !strings.HasPrefix(path, own.prefix+"/") {
		path = own.prefix + path
	}
	if strings.HasPrefix(path, base.prefix+"/") {
		path = path[len(base.prefix):]
	}
	return base, path[1:], nil
}

// standsIn tells whether a client that has a base URL keeps it for an endpoint of another.
func standsIn(client, endpoint baseURL) bool {
	if middleware.Trusted(&url.URL{Scheme: "https", Host: client.host}) != nil {
		return true // the caller's own: a sandbox, a proxy
	}
	for _, hosts := range [][]string{middleware.Mainland, middleware.Overseas} {
		if slices.Contains(hosts, client.origin) && slices.Contains(hosts, endpoint.origin) {
			return true
		}
	}
	return false
}
