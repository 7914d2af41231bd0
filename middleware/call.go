package middleware

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

// A Call is what a middleware may know of the call that a request belongs to,
// beyond the request itself.
type Call struct {
	// Route is the path as the caller wrote it, with its {placeholders}: unlike
	// the path of the request it holds no order number and no openid, and has few
	// values, so that logs, spans and limits may use it as a key.
	Route string
	// MchID is the merchant that calls.
	MchID string
	// Idempotent is what the caller said of sending the request more than once; nil
	// where nothing was said.
	Idempotent *bool
	// MaxReply is the most bytes that a reply may have; 0 is [DefaultMaxReply].
	MaxReply int64
	// Debug takes a dump of the messages that are signed and verified; nil is none.
	Debug io.Writer
	// Body is what the Body of the request holds, where that is in memory: [Sign]
	// then need not read it. It must not be changed.
	Body []byte
	// Streamed is set where the body of a successful reply is read as it comes, so that it
	// must not be read for any other purpose.
	Streamed bool
	// Unsigned is set where the caller expects a reply that carries no signature.
	Unsigned bool
}

// CallOf is the call that a request's context belongs to; the zero Call where
// the request was not made by this library's client.
func CallOf(ctx context.Context) Call {
	if c := stateOf(ctx); c != nil {
		return c.call
	}
	return Call{}
}

// WithCall is a copy of r that belongs to the call.
func WithCall(r *http.Request, call Call) *http.Request {
	return r.WithContext(&callState{Context: r.Context(), call: call, url: r.URL, body: r.Body})
}

// Sent tells how many sendings of the request of the call that ctx belongs to may
// have taken effect: the transport was given the request, nothing proved that it
// never left, and it was not answered with 401, 429 or a signed 4xx. seen tells whether the
// transport of the [Stack] was given it at all; a middleware may have used another.
func Sent(ctx context.Context) (count int, seen bool) {
	c := stateOf(ctx)
	if c == nil {
		return 0, false
	}
	return int(c.sent.Load()), c.entered.Load() > 0
}

// Attempts tells how often [Retry] has sent the request of the call that ctx
// belongs to, and, once it has ended in an error, why it was not sent once more.
// Without Retry it is 1.
func Attempts(ctx context.Context) (count int, stopped string) {
	c := stateOf(ctx)
	if c == nil || c.attempts.Load() == 0 {
		return 1, ""
	}
	if why := c.stopped.Load(); why != nil {
		stopped = *why
	}
	return int(c.attempts.Load()), stopped
}

// callState is the context of a call, and what its middleware find out.
type callState struct {
	context.Context
	call     Call
	url      *url.URL
	body     io.ReadCloser
	entered  atomic.Int32            // attempts that the transport was given
	sent     atomic.Int32            // sendings that may have taken effect
	attempts atomic.Int32            // as counted by Retry
	stopped  atomic.Pointer[string]  // why Retry made no further attempt
	verified atomic.Pointer[verdict] // on the last reply, if its signature was good
}

type callKey struct{}

func (c *callState) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

func stateOf(ctx context.Context) *callState {
	c, _ := ctx.Value(callKey{}).(*callState)
	return c
}

// bodyOf is what the Body of r holds, if that is the one that the call began with.
func bodyOf(r *http.Request) ([]byte, bool) {
	c := stateOf(r.Context())
	if c == nil || c.call.Body == nil || r.Body != c.body {
		return nil, false
	}
	return c.call.Body, true
}

// unsigned reports whether r is the request that the caller meant: a middleware
// may send others under the same context, and they are not excused.
func unsigned(r *http.Request) bool {
	c := stateOf(r.Context())
	return c != nil && c.call.Unsigned && r.URL.Path == c.url.Path && r.URL.RawQuery == c.url.RawQuery
}
