package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// A Mutual is a transport that presents the merchant's certificate to those endpoints alone that
// ask for it. A proxy does not get it, even one that is reached by TLS.
type Mutual struct {
	plain, mutual *http.Transport
	tunnel        *http.Transport // mutual, for requests through a proxy that is reached by TLS
	presents      func(*url.URL) bool
}

// CheckMutual returns why a transport cannot present a certificate, or nil.
func CheckMutual(transport http.RoundTripper) error {
	switch plain, ok := transport.(*http.Transport); {
	case !ok:
		return fmt.Errorf("cannot be presented by a %T; set Transport to an *http.Transport, and put what wraps it into Stack", transport)
	case plain.DialTLSContext != nil || plain.DialTLS != nil: //nolint:staticcheck // it may be set though deprecated
		return errors.New("cannot be presented by a Transport with a DialTLSContext, which makes its own TLS; use DialContext and TLSClientConfig")
	}
	return nil
}

// WithCertificate returns plain, which [CheckMutual] accepts, and a copy of it that presents a
// certificate, for the URLs that presents allows: those of WeChat Pay. The certificate takes the
// place of any other that the copy would present there.
func WithCertificate(plain *http.Transport, certificate tls.Certificate, presents func(*url.URL) bool) *Mutual {
	mutual := plain.Clone()
	copyProtocols(mutual, plain)
	mutual.TLSClientConfig = withCertificate(mutual.TLSClientConfig, certificate)
	tunnel := mutual.Clone()
	tunnel.TLSNextProto = nil // see copyProtocols
	tunnel.DialTLSContext = dialProxy(plain)
	if plain.Proxy != nil {
		mutual.Proxy = func(r *http.Request) (*url.URL, error) {
			proxy, err := plain.Proxy(r)
			if overTLS(proxy) { // it was another one a moment ago, see TransportFor
				return nil, errors.New("the Proxy of the transport does not return the same for the same request")
			}
			return proxy, err
		}
	}
	return &Mutual{plain, mutual, tunnel, presents}
}

func withCertificate(config *tls.Config, certificate tls.Certificate) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config.Certificates, config.GetClientCertificate = []tls.Certificate{certificate}, nil
	if config.ClientSessionCache != nil { // a session that is resumed has the certificate of its first connection
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return config
}

// copyProtocols lets a copy of a transport speak HTTP/2 if the original does. It gets connections
// of its own: TLSNextProto may lead to those of the original.
func copyProtocols(copied, original *http.Transport) {
	if copied.Protocols == nil {
		copied.Protocols = &http.Protocols{}
		copied.Protocols.SetHTTP1(true)
		copied.Protocols.SetHTTP2(original.TLSNextProto["h2"] != nil)
	}
	copied.TLSNextProto = nil
}

// dialProxy connects to a proxy by TLS as plain does it.
func dialProxy(plain *http.Transport) func(ctx context.Context, network, address string) (net.Conn, error) {
	dial := (&net.Dialer{}).DialContext
	switch {
	case plain.DialContext != nil:
		dial = plain.DialContext
	case plain.Dial != nil: //nolint:staticcheck // it may be set though deprecated
		dial = func(_ context.Context, network, address string) (net.Conn, error) {
			return plain.Dial(network, address) //nolint:staticcheck // likewise
		}
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := plain.TLSClientConfig.Clone()
		if config == nil {
			config = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		config.ServerName, config.NextProtos = cmp.Or(config.ServerName, host), nil
		if plain.TLSHandshakeTimeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, plain.TLSHandshakeTimeout)
			defer cancel()
		}
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secured, nil
	}
}

func overTLS(proxy *url.URL) bool { return proxy != nil && proxy.Scheme == "https" }

// TransportFor returns the transport of a request.
func (t *Mutual) TransportFor(r *http.Request) http.RoundTripper {
	facts := callstate.InfoOf(r.Context()).V2
	if facts == nil || !facts.MutualTLS || !t.presents(r.URL) {
		return t.plain
	}
	if t.plain.Proxy != nil {
		if proxy, err := t.plain.Proxy(r); err == nil && overTLS(proxy) {
			return t.tunnel
		}
	}
	return t.mutual
}

// RoundTrip sends a request by the transport that is for it.
func (t *Mutual) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.TransportFor(r).RoundTrip(r)
}

// CloseIdleConnections closes the idle connections of all.
func (t *Mutual) CloseIdleConnections() {
	t.plain.CloseIdleConnections()
	t.mutual.CloseIdleConnections()
	t.tunnel.CloseIdleConnections()
}
