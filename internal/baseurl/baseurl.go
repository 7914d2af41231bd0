// Package baseurl parses the URLs that paths are relative to.
package baseurl

import (
	"errors"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A Base is a parsed base URL: an origin and the escaped path prefix of all targets,
// without its trailing slash.
type Base struct {
	Scheme, Host, Origin, Prefix string
}

// Parse parses a base URL. Its errors do not contain the URL, which may contain a
// password.
func Parse(raw string) (Base, error) {
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
	case strings.HasSuffix(u.Hostname(), "."): // it is the same host, and would pass for another
		return Base{}, errors.New("has a dot at the end of its host; remove it")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return Base{}, errors.New("must be a scheme, a host and a path, without user, query and fragment")
	}
	base := Base{Scheme: u.Scheme, Host: u.Host, Origin: u.Scheme + "://" + u.Host}
	base.Prefix = strings.TrimRight(u.EscapedPath(), "/")
	if err := CheckPath(base.Prefix); err != nil {
		return Base{}, err
	}
	if u.Scheme == "http" && IsWeChatPay(u.Host) {
		return Base{}, errors.New("calls WeChat Pay over plain http; use https")
	}
	return base, nil
}

// ParseURL is Parse with another result: a URL without its trailing slash.
func ParseURL(raw string) (*url.URL, error) {
	base, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	return url.Parse(base.Origin + base.Prefix)
}

// IsWeChatPay reports whether a host is WeChat Pay's.
func IsWeChatPay(host string) bool {
	return middleware.Trusted(&url.URL{Scheme: "https", Host: host}) == nil
}
