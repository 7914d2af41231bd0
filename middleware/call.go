package middleware

import "context"

// A Call is what a middleware may know of the call that a request belongs to,
// beyond the request itself.
type Call struct {
	// Route is the path as the caller wrote it, with its {placeholders}: unlike
	// the path of the request it holds no order number and no openid, and has few
	// values, so that logs, spans and limits may use it as a key.
	Route string
	// Unsigned is set where the caller expects a reply that carries no signature.
	Unsigned bool
}

type callKey struct{}

// WithCall is ctx with the call attached.
func WithCall(ctx context.Context, call Call) context.Context {
	return &callContext{ctx, call}
}

// CallOf is the call that a request's context belongs to; the zero Call where
// the request was not made by this library's client.
func CallOf(ctx context.Context) Call {
	if c, ok := ctx.Value(callKey{}).(*callContext); ok {
		return c.call
	}
	return Call{}
}

// callContext is a context.WithValue that costs one allocation with its value.
type callContext struct {
	context.Context
	call Call
}

func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}
