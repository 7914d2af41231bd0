package middleware

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrNotSent means that a middleware refused the request and nothing was sent.
var ErrNotSent = errors.New("nothing sent")

// A Middleware wraps a RoundTripper.
type Middleware func(next http.RoundTripper) http.RoundTripper

// RoundTripperFunc adapts a function to an [http.RoundTripper].
type RoundTripperFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls f. A nil f is an error.
func (f RoundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) {
	if f == nil {
		return refuse(r, errors.New("middleware: the RoundTripperFunc is nil"))
	}
	return f(r)
}

// refuse returns ErrNotSent. It closes the body, as every RoundTripper must.
func refuse(r *http.Request, err error) (*http.Response, error) {
	if r != nil && r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
}
