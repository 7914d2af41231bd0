package transport

import (
	"crypto/tls"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// A Mutual is a transport that presents the merchant's certificate to those endpoints alone that
// ask for it.
type Mutual struct{ plain, mutual *http.Transport }

// WithCertificate returns plain, and a copy of it that presents a certificate.
func WithCertificate(plain *http.Transport, certificate tls.Certificate) *Mutual {
	mutual := plain.Clone()
	if mutual.TLSClientConfig == nil {
		mutual.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	mutual.TLSClientConfig.Certificates = []tls.Certificate{certificate}
	if mutual.TLSClientConfig.ClientSessionCache != nil { // a session that is resumed has the certificate of its first connection
		mutual.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return &Mutual{plain, mutual}
}

// TransportFor returns the transport of a request.
func (t *Mutual) TransportFor(r *http.Request) http.RoundTripper {
	if facts := callstate.InfoOf(r.Context()).V2; facts != nil && facts.MutualTLS {
		return t.mutual
	}
	return t.plain
}

// RoundTrip sends a request by the transport that is for it.
func (t *Mutual) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.TransportFor(r).RoundTrip(r)
}

// CloseIdleConnections closes the idle connections of both.
func (t *Mutual) CloseIdleConnections() {
	t.plain.CloseIdleConnections()
	t.mutual.CloseIdleConnections()
}
