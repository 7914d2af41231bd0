// Package callstate holds the state of one call while it passes its middleware: what the
// caller asked for, each sending with its outcome, and which reply was verified. It is the
// only owner of those counts.
package callstate

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

// Info is what the caller said of a call. It does not change.
type Info struct {
	Route      string    // the path as written, placeholders unfilled
	MchID      string    // who calls
	Idempotent *bool     // nil where the caller did not say
	MaxReply   int64     // bytes; 0 is the default
	Debug      io.Writer // for a dump of the signed messages; nil for none
	Body       []byte    // of the request, where it is in memory; not to be changed
	Streamed   bool      // the body of a successful reply is read as it comes
	Unsigned   bool      // the caller expects a reply without a signature
}

// A State is the context of a call, with what its middleware find out. It is safe for
// concurrent use.
type State struct {
	context.Context
	Info

	url  *url.URL
	body io.ReadCloser

	started  atomic.Int32
	outcomes [outcomes]atomic.Int32
	attempts atomic.Int32
	stopped  atomic.Pointer[string]
	verified atomic.Pointer[verifiedReply]
}

// New is a copy of r, under ctx, that belongs to a new call.
func New(ctx context.Context, r *http.Request, info Info) *http.Request {
	return r.WithContext(&State{Context: ctx, Info: info, url: r.URL, body: r.Body})
}

type key struct{}

// Value finds the State of a context that was derived from it.
func (s *State) Value(k any) any {
	if k == (key{}) {
		return s
	}
	return s.Context.Value(k)
}

// From is the State of the call that ctx belongs to, or nil.
func From(ctx context.Context) *State {
	s, _ := ctx.Value(key{}).(*State)
	return s
}

// InfoOf is the Info of the call that ctx belongs to, or a zero one.
func InfoOf(ctx context.Context) Info {
	if s := From(ctx); s != nil {
		return s.Info
	}
	return Info{}
}

// BodyOf is what the Body of r holds, if it is the one that the call began with.
func BodyOf(r *http.Request) ([]byte, bool) {
	s := From(r.Context())
	if s == nil || s.Body == nil || r.Body != s.body {
		return nil, false
	}
	return s.Body, true
}

// ExpectsUnsigned reports whether r is the request for which the caller expects a reply
// without a signature. Others that a middleware sends under the same context are not
// excused.
func ExpectsUnsigned(r *http.Request) bool {
	s := From(r.Context())
	return s != nil && s.Unsigned && r.URL.Path == s.url.Path && r.URL.RawQuery == s.url.RawQuery
}

// SetAttempt notes the number of the attempt that begins; the first is 1.
func (s *State) SetAttempt(number int) { s.attempts.Store(int32(number)) } //nolint:gosec // bounded by the retry's limit

// SetStopped notes why there was no further attempt.
func (s *State) SetStopped(reason string) { s.stopped.Store(&reason) }

// Attempts is the number of attempts, at least 1, and why there was no further one.
func (s *State) Attempts() (count int, stopped string) {
	if why := s.stopped.Load(); why != nil {
		stopped = *why
	}
	return max(int(s.attempts.Load()), 1), stopped
}

// A verifiedReply is what a good signature was found on.
type verifiedReply struct {
	status    int
	signature string
	data      []byte
}

// SetVerified notes the reply whose signature was good.
func (s *State) SetVerified(status int, signature string, data []byte) {
	s.verified.Store(&verifiedReply{status, signature, data})
}

// ClearVerified forgets what was found on an earlier attempt's reply.
func (s *State) ClearVerified() { s.verified.Store(nil) }

// IsVerified reports whether a good signature was found on this very reply. It does not
// depend on what middleware did to the Body, and notices if they changed the reply.
func (s *State) IsVerified(status int, signature string, data []byte) bool {
	v := s.verified.Load()
	return v != nil && v.status == status && v.signature == signature && bytes.Equal(v.data, data)
}
