package middleware

import (
	"context"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// A Call describes the call that a request belongs to, for middleware.
type Call struct {
	// Route is the path with its {variables} unexpanded. Unlike the path of the request
	// it contains no order number or openid, and it has few values, so it is a good key
	// for logs, spans and limits.
	Route string
	// CallerID is the id of the merchant, or of the brand, that calls.
	CallerID string
	// Attempt is the number of the attempt, 1 for the first.
	Attempt int
	// Body is the content of the request body, if it is in memory. It must not be
	// modified.
	Body []byte
	// Streamed means that the body of a successful reply is not buffered. A middleware
	// must not read it.
	Streamed bool
}

// CallOf returns the call that the context of a request belongs to. It is the zero Call if
// no client of this library made the request.
func CallOf(ctx context.Context) Call {
	s := callstate.From(ctx)
	if s == nil {
		return Call{}
	}
	attempt, _ := s.Attempts()
	return Call{Route: s.Route, CallerID: s.CallerID, Attempt: attempt, Body: s.Body, Streamed: s.Streamed}
}
