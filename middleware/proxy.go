package middleware

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// ReverseProxy sends every request to a reverse proxy of one's own, in place of the host that
// it is for: the target is appended to the path of base. It belongs innermost, inside of
// [Sign], since the proxy removes its own path again: what WeChat Pay receives is what was
// signed. The URLs that WeChat Pay returned pass through the proxy too.
func ReverseProxy(base *url.URL) Middleware {
	if base == nil {
		return func(http.RoundTripper) http.RoundTripper {
			return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				return refuse(r, errors.New("reverse proxy: the base URL is nil"))
			})
		}
	}
	prefix := url.URL{Path: strings.TrimRight(base.Path, "/"), RawPath: strings.TrimRight(base.RawPath, "/")}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL == nil {
				return refuse(r, errors.New("reverse proxy: the request has no URL"))
			}
			u := *r.URL
			u.Scheme, u.Host = base.Scheme, base.Host
			u.Path, u.RawPath = prefix.Path+r.URL.Path, prefix.EscapedPath()+r.URL.EscapedPath()
			request := r.WithContext(r.Context())
			setURL(request, &u)
			resp, err := next.RoundTrip(request)
			if resp != nil && resp.Request != nil && resp.Request.URL == &u { // not after a redirect
				resp.Request = r // without the address of the proxy
			}
			return resp, err
		})
	}
}

// setURL sets the URL of a copy of a request, and its Host unless the caller set another one.
func setURL(copied *http.Request, u *url.URL) {
	if copied.Host == copied.URL.Host || copied.Host == "" {
		copied.Host = u.Host
	}
	copied.URL = u
}
