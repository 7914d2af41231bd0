// Package transport has the HTTP transport that calls WeChat Pay.
package transport

import (
	"net"
	"net/http"
	"time"
)

// New returns a transport for HTTP/2, TLS 1.2 and above, and proxies from the environment. It
// closes idle connections before WeChat Pay does (after 8 seconds), and keeps enough of them
// for a fan-out.
//
// All calls share a connection of HTTP/2, and would wait on a dead one until their time-out:
// one that is silent for 2 seconds is pinged, and closed if 2 more pass without an answer.
// Transparent gzip is off, because signatures and digests cover the raw bytes.
func New() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   1024,
		IdleConnTimeout:       7 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 2 * time.Second, PingTimeout: 2 * time.Second},
	}
}
