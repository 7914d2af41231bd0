package middleware

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

// A TrackedBody is a request body that knows whether it has been read: the
// transport reads it only once it has a connection to write it to.
type TrackedBody interface{ Started() bool }

// deliver stands around the transport and keeps count, for [Sent], of the attempts
// that may have reached the server. An attempt counts from the moment that the
// transport has it, since a middleware may give up on one that is still running.
func deliver(transport http.RoundTripper) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		c := stateOf(r.Context())
		if c == nil {
			return transport.RoundTrip(r)
		}
		c.sent.Add(1)
		resp, err := transport.RoundTrip(r)
		if err != nil && neverLeft(r, err) {
			c.sent.Add(-1)
		}
		return resp, err
	})
}

// neverLeft tells what proves that a request was not written: there was no
// connection, or the body was not asked for.
func neverLeft(r *http.Request, err error) bool {
	if body, ok := r.Body.(TrackedBody); ok && !body.Started() {
		return true
	}
	var op *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &cert)
}
