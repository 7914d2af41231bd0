package middleware

import (
	"context"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
)

// A Call is what a middleware may know of the call that a request belongs to, beyond the
// request itself.
type Call struct {
	// Route is the path as the caller wrote it, with its {placeholders}: unlike the path
	// of the request it holds no order number and no openid, and has few values, so that
	// logs, spans and limits may use it as a key.
	Route string
	// MchID is the merchant that calls.
	MchID string
	// Attempt is the number of the attempt, 1 for the first.
	Attempt int
	// Body is what the Body of the request holds, where that is in memory. It must not be
	// changed.
	Body []byte
	// Streamed is set where the body of a successful reply is read as it comes, so that a
	// middleware must not read it.
	Streamed bool
}

// CallOf is the call that a request's context belongs to; the zero Call where the request
// was not made by this library's client.
func CallOf(ctx context.Context) Call {
	s := callstate.From(ctx)
	if s == nil {
		return Call{}
	}
	attempt, _ := s.Attempts()
	return Call{Route: s.Route, MchID: s.MchID, Attempt: attempt, Body: s.Body, Streamed: s.Streamed}
}
