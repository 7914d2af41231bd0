// Package callstate holds the state of one call while it passes its middleware: what the
// caller asked for, each sending with its outcome, and which reply was verified. It is the
// only owner of those counts.
package callstate

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// Info has the options of a call. It does not change.
type Info struct {
	Route      string    // the path with its variables unexpanded
	CallerID   string    // the mchid or brand_id
	Idempotent *bool     // nil if the caller did not set it
	MaxReply   int64     // bytes; 0 is the default
	Debug      io.Writer // for a dump of the signed messages; nil for none
	Body       []byte    // of the request, if it is in memory; must not be modified
	Streamed   bool      // the body of a successful reply is not buffered
	Unsigned   bool      // the caller expects a reply without a signature

	V2 *endpoint.V2 // what the endpoint of a call of APIv2 wants; nil for any other call
}

// A State is the context of a call with its state. Once begun, it is safe for concurrent
// use, and must not be copied.
type State struct {
	context.Context
	Info
	Request *http.Request // the original request of the call

	started  atomic.Int32
	outcomes [outcomes]atomic.Int32
	attempts atomic.Int32
	stopped  atomic.Pointer[string]

	mu       sync.Mutex
	verified verifiedReply
}

// New returns a copy of r that belongs to a new call. Its context is derived from ctx.
func New(ctx context.Context, r *http.Request, info Info) *http.Request {
	s := &State{Info: info}
	s.Begin(ctx, r)
	return s.Request
}

// Begin sets Request to a copy of r with the State as its context, which is derived from
// ctx. It is called once, with the Info set.
func (s *State) Begin(ctx context.Context, r *http.Request) {
	s.Context = ctx
	s.Request = r.WithContext(s)
}

type key struct{}

// Value implements [context.Context]. It returns the State for its own key.
func (s *State) Value(k any) any {
	if k == (key{}) {
		return s
	}
	return s.Context.Value(k)
}

// From returns the State of the call that ctx belongs to, or nil.
func From(ctx context.Context) *State {
	if ctx == nil {
		return nil
	}
	s, _ := ctx.Value(key{}).(*State)
	return s
}

type replyKey struct{}

// OfReply returns ctx marked as that of a reply, whose key must be found, unless it belongs to
// a call already. It is for requests without a State.
func OfReply(ctx context.Context) context.Context {
	if IsCall(ctx) {
		return ctx
	}
	return context.WithValue(ctx, replyKey{}, true)
}

// IsCall reports whether ctx belongs to a call or is marked by [OfReply]. A webhook, which
// anybody can send, has neither.
func IsCall(ctx context.Context) bool { return From(ctx) != nil || ctx.Value(replyKey{}) != nil }

// InfoOf returns the Info of the call that ctx belongs to, or the zero value.
func InfoOf(ctx context.Context) Info {
	if s := From(ctx); s != nil {
		return s.Info
	}
	return Info{}
}

// BodyOf returns the content of the Body of r, if it is the original Body of the call.
func BodyOf(r *http.Request) ([]byte, bool) {
	s := From(r.Context())
	if s == nil || s.Body == nil || r.Body != s.Request.Body {
		return nil, false
	}
	return s.Body, true
}

// IsOriginal reports whether r is the request of its caller, perhaps to another host. It is
// false for other requests that a middleware sends with the same context, and true outside of
// a call.
func IsOriginal(r *http.Request) bool {
	s := From(r.Context())
	return s == nil || r.Method == s.Request.Method && r.URL.Path == s.Request.URL.Path && r.URL.RawQuery == s.Request.URL.RawQuery
}

// ExpectsUnsigned reports whether the caller expects an unsigned reply to r, a GET.
func ExpectsUnsigned(r *http.Request) bool {
	s := From(r.Context())
	return s != nil && s.Unsigned && r.Method == http.MethodGet && IsOriginal(r)
}

// SetAttempt sets the number of the current attempt; the first is 1.
func (s *State) SetAttempt(number int) { s.attempts.Store(int32(number)) } //nolint:gosec // limited by the retry policy

// SetStopped sets the reason for no further attempt.
func (s *State) SetStopped(reason string) { s.stopped.Store(&reason) }

// Attempts returns the number of attempts, at least 1, and the reason for no further one.
func (s *State) Attempts() (count int, stopped string) {
	if why := s.stopped.Load(); why != nil {
		stopped = *why
	}
	return max(int(s.attempts.Load()), 1), stopped
}

// A verifiedReply identifies a reply with a valid signature.
type verifiedReply struct {
	status    int // 0 for none
	signature string
	data      []byte
}

// SetVerified records a reply with a valid signature.
func (s *State) SetVerified(status int, signature string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified = verifiedReply{status, signature, data}
}

// ClearVerified removes the record of an earlier attempt.
func (s *State) ClearVerified() { s.SetVerified(0, "", nil) }

// Recorded reports whether the signature of a reply was valid, whatever a middleware has made
// of its content since.
func (s *State) Recorded(status int, signature string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verified.status != 0 && s.verified.status == status && s.verified.signature == signature
}

// IsVerified reports whether this reply is the recorded one. It compares the content, so
// it holds if a middleware wrapped the Body, and fails if one changed the reply.
func (s *State) IsVerified(status int, signature string, data []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := &s.verified
	return v.status != 0 && v.status == status && v.signature == signature && bytes.Equal(v.data, data)
}
