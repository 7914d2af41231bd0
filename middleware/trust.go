package middleware

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// trustedDomains are WeChat Pay's domains, whose hosts may receive an Authorization header.
// A list of hosts would not do, since download hosts vary.
var trustedDomains = []string{"weixin.qq.com", "wechatpay.cn"}

// Trusted returns nil if a signed request may be sent to u: over https to a host under
// weixin.qq.com or wechatpay.cn, or to one of the origins ("scheme://host[:port]"). The
// error names the host.
func Trusted(u *url.URL, origins ...string) error {
	if u == nil {
		return errors.New("the request has no URL")
	}
	if u.User != nil {
		return fmt.Errorf("the URL for host %s contains a user name; remove it", u.Host)
	}
	for _, origin := range origins {
		if isOrigin(u, origin) {
			return nil
		}
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range trustedDomains {
		if host != domain && !strings.HasSuffix(host, "."+domain) || !isDomainName(u) {
			continue
		}
		if u.Scheme != "https" {
			return fmt.Errorf("host %s has the scheme %q; use https", u.Host, u.Scheme)
		}
		return nil
	}
	return fmt.Errorf("host %q is not trusted: signed requests are only sent to %s and the base URL of the client",
		u.Host, strings.Join(trustedDomains, ", "))
}

// isDomainName reports whether the host of u is a name, perhaps with a port. An address may
// end like one: [::1%.weixin.qq.com] has a zone.
func isDomainName(u *url.URL) bool {
	name, port := u.Hostname(), u.Port()
	if !strings.EqualFold(u.Host, name) && u.Host != name+":"+port || strings.Trim(port, "0123456789") != "" {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// isOrigin reports whether u has the scheme, host and port of origin.
func isOrigin(u *url.URL, origin string) bool {
	if rest, ok := cutPrefixFold(origin, u.Scheme+"://"); ok && strings.EqualFold(rest, u.Host) {
		return true
	}
	o, err := url.Parse(origin)
	return err == nil && o.Host != "" && strings.EqualFold(o.Scheme, u.Scheme) &&
		strings.EqualFold(o.Hostname(), u.Hostname()) && portOf(o) == portOf(u)
}

// portOf returns the port of u, or that of its scheme.
func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
