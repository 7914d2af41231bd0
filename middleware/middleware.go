package middleware

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrNotSent says that a middleware refused the request, and nothing of it was sent.
var ErrNotSent = errors.New("nothing sent")

// A Middleware wraps a RoundTripper in another one.
type Middleware func(next http.RoundTripper) http.RoundTripper

// RoundTripperFunc lets a function be an [http.RoundTripper].
type RoundTripperFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f RoundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// refuse ends a round trip before the wire: a RoundTripper must close the body
// whatever happens.
func refuse(r *http.Request, err error) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
}
