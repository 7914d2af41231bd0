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
		if rest, ok := cutPrefixFold(origin, u.Scheme+"://"); ok && strings.EqualFold(rest, u.Host) {
			return nil
		}
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range trustedDomains {
		if host != domain && !strings.HasSuffix(host, "."+domain) {
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

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
