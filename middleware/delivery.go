package middleware

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// deliver stands around the transport and keeps count, for [Sent], of the sendings
// that may have taken effect. An attempt counts from the moment that the transport
// has it, since a middleware may give up on one that is still running. It counts
// no longer once it is certain that it never left, or that it was not accepted.
func deliver(transport http.RoundTripper) http.RoundTripper {
	_, traced := transport.(*http.Transport)
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		c := stateOf(r.Context())
		if c == nil {
			return transport.RoundTrip(r)
		}
		if err := r.Context().Err(); err != nil { // the transport would not say that it never began
			return refuse(r, err)
		}
		c.entered.Add(1)
		c.sent.Add(1)
		var w *writes
		if traced {
			w = new(writes)
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), w.trace()))
		}
		resp, err := transport.RoundTrip(r)
		switch written, known := w.count(); {
		case err == nil && resp != nil && refusedUnsigned(resp.StatusCode):
			c.sent.Add(max(written-1, 0) - 1) // this one was not accepted; one that net/http repeated may have been
		case known:
			c.sent.Add(written - 1)
		case err != nil && !traced && dialing(err) && !replayed(r):
			c.sent.Add(-1)
		}
		return resp, err
	})
}

// refusedUnsigned tells the statuses that come before a request is accepted, and so
// before WeChat Pay signs an answer to it.
func refusedUnsigned(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusUnauthorized
}

// writes counts how often net/http wrote a request: it may do so again by itself
// where a connection that was kept alive has ended.
type writes struct {
	asked, written atomic.Int32
	http2          atomic.Bool // the connection at hand
}

func (w *writes) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Add(1) },
		GotConn: func(got httptrace.GotConnInfo) {
			conn, ok := got.Conn.(*tls.Conn)
			w.http2.Store(ok && conn.ConnectionState().NegotiatedProtocol == "h2")
			if w.http2.Load() { // it writes before it tells, so that a connection counts
				w.written.Add(1)
			}
		},
		WroteHeaders: func() {
			if !w.http2.Load() {
				w.written.Add(1)
			}
		},
	}
}

// count is how often the request may have been written. It is known only where a
// connection was asked for: an http.Transport may hand a request on to another
// RoundTripper that knows nothing of tracing.
func (w *writes) count() (written int32, known bool) {
	if w == nil {
		return 0, false
	}
	return w.written.Load(), w.asked.Load() > 0
}

// A mark is how things stood before an attempt.
type mark struct {
	state         *callState // nil outside of a call
	entered, sent int32
}

func markOf(c *callState) mark {
	if c == nil {
		return mark{}
	}
	return mark{c, c.entered.Load(), c.sent.Load()}
}

// neverSent tells whether the attempt since then, which ended in err, certainly did
// not leave. What never came to the transport of the stack may have gone elsewhere.
func (m mark) neverSent(err error) bool {
	var answered *VerifyError
	switch {
	case err == nil || errors.As(err, &answered): // whatever its Verifier met with
		return false
	case m.state == nil:
		return dialing(err)
	}
	return m.state.entered.Load() > m.entered && m.state.sent.Load() == m.sent
}

// replayed tells the requests that net/http sends again by itself after they were
// written: within a transport that is not seen through, a dial error may be of the
// second sending.
func replayed(r *http.Request) bool {
	return r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil
}

// dialing tells errors of making a connection: the proof that a transport which
// knows nothing of tracing wrote nothing. Of joined errors none is a proof.
func dialing(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) { //nolint:errorlint // it goes through the chain by itself, to stop where it branches
		case *net.OpError:
			return e.Op == "dial"
		case *net.DNSError, *tls.CertificateVerificationError:
			return true
		}
	}
	return false
}
