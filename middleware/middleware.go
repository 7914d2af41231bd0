package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

// ErrNotSent means that a middleware refused the request and nothing was sent, by no attempt.
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

// afterSend returns the error of an attempt that followed one which may have been sent. It is
// not ErrNotSent: who pays again under a new number would pay twice.
func afterSend(err error) error {
	if errors.Is(err, ErrNotSent) {
		return &refusedAttemptError{err}
	}
	return err
}

// A refusedAttemptError matches all errors that err does, except ErrNotSent.
type refusedAttemptError struct{ err error }

func (e *refusedAttemptError) Error() string {
	return "the last attempt was refused: " + strings.TrimPrefix(errtext.Of(e.err), ErrNotSent.Error()+": ")
}

func (e *refusedAttemptError) Is(target error) bool {
	return target != ErrNotSent && errors.Is(e.err, target)
}
func (e *refusedAttemptError) As(target any) bool { return errors.As(e.err, target) }
