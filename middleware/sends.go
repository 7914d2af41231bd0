package middleware

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// trackSends stands around the transport and records, for each sending, whether it may
// have taken effect. A sending is unsettled from the moment that the transport has it,
// since a middleware may give up on one that is still running.
func trackSends(transport http.RoundTripper) http.RoundTripper {
	_, traced := transport.(*http.Transport)
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		state := callstate.From(r.Context())
		if state == nil {
			return transport.RoundTrip(r)
		}
		if err := r.Context().Err(); err != nil { // the transport would not say that it never began
			return refuse(r, err)
		}
		state.Started()
		var w *writes
		if traced {
			w = new(writes)
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), w.trace()))
		}
		resp, err := transport.RoundTrip(r)
		switch written, known := w.count(); {
		case err == nil && resp != nil && notAccepted(resp.StatusCode):
			state.Settle(callstate.NotAccepted, max(written-1, 0)) // one that net/http repeated may have been accepted
		case known && written == 0:
			state.Settle(callstate.NeverSent, 0)
		case known:
			state.Settle(callstate.Unsettled, written-1)
		case err != nil && !traced && isDialError(err) && !replayed(r):
			state.Settle(callstate.NeverSent, 0)
		}
		return resp, err
	})
}

// notAccepted reports the statuses that come before a request is accepted, and so before
// WeChat Pay signs an answer to it.
func notAccepted(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusUnauthorized
}

// writes counts how often net/http wrote a request: it may do so again by itself
// where a connection that was kept alive has ended.
type writes struct {
	asked, written atomic.Int32
	http2          atomic.Bool // the current connection
}

func (w *writes) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Add(1) },
		GotConn: func(got httptrace.GotConnInfo) {
			conn, ok := got.Conn.(*tls.Conn)
			w.http2.Store(ok && conn.ConnectionState().NegotiatedProtocol == "h2")
			if w.http2.Load() { // it writes before it reports, so that a connection counts
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

// neverSent reports whether the attempt since the snapshot, which ended in err, certainly
// did not leave.
func neverSent(before callstate.Snapshot, err error) bool {
	var answered *VerifyError
	if err == nil || errors.As(err, &answered) { // whatever its Verifier failed with
		return false
	}
	if never, known := before.NeverSent(); known {
		return never
	}
	return isDialError(err)
}

// replayed reports the requests that net/http sends again by itself after they were
// written: within a transport that is not seen through, a dial error may be of the
// second sending.
func replayed(r *http.Request) bool {
	return r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil
}

// isDialError reports errors of making a connection: the proof that a transport which
// knows nothing of tracing wrote nothing. Of joined errors none is a proof.
func isDialError(err error) bool {
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
