package baseurl

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// ParseHosts returns the hosts of a failover as origins; and as trusted origins those with the
// scheme and host name of the base URL, for a sandbox or a proxy on several ports. The first
// host must be that of base. Its errors do not contain a host, which may contain a password.
func ParseHosts(base Base, raw []string) (hosts, origins []string, err error) {
	origins = []string{base.Origin}
	for i, host := range raw {
		other, err := Parse(host)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("host %d %w", i, err)
		case other.Prefix != "":
			return nil, nil, fmt.Errorf("host %d has a path; remove it", i)
		case i == 0 && other.Origin != base.Origin:
			return nil, nil, fmt.Errorf("the first host must be the BaseURL's, %s", base.Origin)
		}
		if other.Scheme == base.Scheme && hostname(other.Host) == hostname(base.Host) {
			origins = append(origins, other.Origin)
		}
		hosts = append(hosts, other.Origin)
	}
	for _, host := range hosts {
		u, err := url.Parse(host)
		if err == nil {
			err = middleware.Trusted(u, origins...)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if raw != nil && len(raw) < 2 {
		return nil, nil, errors.New("needs at least two hosts")
	}
	return hosts, origins, nil
}

func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }
