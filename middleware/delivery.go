package middleware

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// deliver stands around the transport and keeps count, for [Sent], of the attempts
// that may have reached the server. An attempt counts from the moment that the
// transport has it, since a middleware may give up on one that is still running.
func deliver(transport http.RoundTripper) http.RoundTripper {
	_, traced := transport.(*http.Transport)
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		c := stateOf(r.Context())
		if c == nil {
			return transport.RoundTrip(r)
		}
		c.sent.Add(1)
		var written atomic.Bool
		if traced {
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				WroteHeaders: func() { written.Store(true) },
			}))
		}
		resp, err := transport.RoundTrip(r)
		if err != nil && (traced && !written.Load() || dialing(err)) {
			c.sent.Add(-1)
		}
		return resp, err
	})
}

// dialing tells errors of making a connection: the proof that a transport which
// may know nothing of tracing wrote nothing.
func dialing(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &cert)
}
