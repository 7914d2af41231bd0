package middleware

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
)

// trackSends wraps the transport and records the outcome of each send. It is unknown from
// the moment that the transport has the request, because a middleware may return while a
// send is still running.
func trackSends(transport http.RoundTripper) http.RoundTripper {
	choice, chooses := transport.(interface {
		TransportFor(r *http.Request) http.RoundTripper
	})
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		transport := transport
		if chooses { // such as one with the merchant's certificate
			transport = choice.TransportFor(r)
		}
		standard, traced := transport.(*http.Transport)
		state := callstate.From(r.Context())
		if state == nil {
			return transport.RoundTrip(r)
		}
		if err := r.Context().Err(); err != nil { // the error of the transport would not tell that nothing was sent
			return refuse(r, err)
		}
		if err := checkSendable(r); err != nil { // nor would this
			return refuse(r, err)
		}
		state.Started()
		var w *writes
		if traced {
			w = &writes{plainHTTP2: standard.Protocols != nil && standard.Protocols.UnencryptedHTTP2()}
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), w.trace()))
		}
		resp, err := transport.RoundTrip(r)
		switch written, known := w.count(); {
		case err == nil && resp != nil && precedesProcessing(resp.StatusCode) && refuses(state, resp):
			state.SetOutcome(callstate.NotAccepted, max(written-1, 0)) // an earlier send by net/http may have been accepted
		case known && written == 0:
			state.SetOutcome(callstate.NeverSent, 0)
		case known:
			state.SetOutcome(callstate.Unknown, written-1)
		case err != nil && !traced && isDialError(err) && !mayResend(r):
			state.SetOutcome(callstate.NeverSent, 0)
		}
		return resp, err
	})
}

// checkSendable returns an error for a request that net/http refuses before it connects.
func checkSendable(r *http.Request) error {
	switch {
	case r.URL == nil || r.URL.Host == "":
		return errors.New("the request has no URL with a host")
	case !httprule.IsToken(method(r)):
		return fmt.Errorf("method %.80q is not a token", r.Method)
	case strings.ContainsFunc(r.Host, func(c rune) bool { return c <= ' ' || c == 0x7f }):
		return fmt.Errorf("header Host %.80q contains a space or a control character", r.Host)
	case r.Header == nil:
		return errors.New("the request has no Header; make one")
	}
	if err := checkHeader("header", r.Header); err != nil {
		return err
	}
	return checkHeader("trailer", r.Trailer)
}

func checkHeader(kind string, header http.Header) error {
	for name, values := range header {
		if !httprule.IsToken(name) {
			return fmt.Errorf("%s name %.80q is empty or contains a character that a name cannot have", kind, name)
		}
		for _, value := range values { // it may be a secret
			if !httprule.ValidValue(value) {
				return fmt.Errorf("the value of %s %s contains a line break or another control character", kind, name)
			}
		}
	}
	return nil
}

// precedesProcessing reports whether a status precedes the processing of a request, and hence
// is not signed.
func precedesProcessing(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusUnauthorized
}

// refuses reports whether the body of a 4xx is an error that proves that the call had no
// effect. The status alone proves nothing, because no signature covers it.
func refuses(state *callstate.State, resp *http.Response) bool {
	data, err := ReadReply(resp, state.MaxReply)
	return err == nil && apierror.Refuses(method(state.Request), state.Request.URL.EscapedPath(), data)
}

// writes counts how often net/http wrote a request. It repeats one if a kept-alive
// connection was closed: a GET with the same signature, as the official Java SDK does too. That is not
// forbidden here, because each way has a price that the rare 401 of a server that remembers nonces,
// for a call without an effect, is not worth. A Body without GetBody forbids it, and on HTTP/2 adds an
// empty DATA frame to every GET; ending the context at the second connection would end the
// body of the reply as well, and turn what succeeds into an error where retries are disabled.
type writes struct {
	requested, written atomic.Int32
	http2              atomic.Bool // the current connection may be HTTP/2
	plainHTTP2         bool        // so may one without TLS
}

func (w *writes) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.requested.Add(1) },
		GotConn: func(got httptrace.GotConnInfo) {
			conn, ok := got.Conn.(*tls.Conn)
			w.http2.Store(!ok && w.plainHTTP2 || ok && conn.ConnectionState().NegotiatedProtocol == "h2")
			if w.http2.Load() { // WroteHeaders comes too late, so count the connection
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

// count returns how often the request may have been written. It is only known if the
// transport requested a connection: an http.Transport may pass a request to a registered
// RoundTripper that does not support tracing.
func (w *writes) count() (written int32, known bool) {
	if w == nil {
		return 0, false
	}
	return w.written.Load(), w.requested.Load() > 0
}

// neverSent reports whether the attempt since the snapshot failed with err, and r was
// certainly not written.
func neverSent(before callstate.Snapshot, r *http.Request, err error) bool {
	if err == nil {
		return false // before anything is allocated
	}
	var answered *VerifyError
	if errors.As(err, &answered) { // a Verifier may fail with a dial error of its own
		return false
	}
	if never, known := before.NeverSent(); known {
		return never
	}
	return isDialError(err) && !mayResend(r)
}

// mayResend reports whether net/http may repeat a request after it was written. If the
// transport is not traced, a dial error may then be that of the second send.
func mayResend(r *http.Request) bool {
	return r.Header["Idempotency-Key"] != nil || r.Header["X-Idempotency-Key"] != nil
}

// isDialError reports whether no connection was made, which proves that nothing was
// written. A joined error proves nothing.
func isDialError(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) { //nolint:errorlint // it unwraps by itself, to stop at joined errors
		case *net.OpError:
			return e.Op == "dial"
		case *net.DNSError, *tls.CertificateVerificationError:
			return true
		}
	}
	return false
}
