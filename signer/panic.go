package signer

import (
	"context"
	"fmt"
	"runtime/debug"
)

// A PanicError is the panic of a [Signer], or of a [Verifier] or its [KeySource]. It takes the
// place of their error, so that a call has its outcome and the program goes on.
type PanicError struct {
	What  string // "Signer" or "Verifier"
	Value any    // what was given to panic
	Stack []byte // of the goroutine that panicked
}

// Error includes the value. The stack is in Stack.
func (e *PanicError) Error() string { return fmt.Sprintf("the %s panicked: %v", e.What, e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// recoverTo is deferred. It turns a panic into the error of the function.
func recoverTo(err *error, what string) {
	if value := recover(); value != nil {
		*err = &PanicError{what, value, debug.Stack()}
	}
}

// Sign returns the signature of s over message. A panic of s becomes a [*PanicError].
func Sign(ctx context.Context, s Signer, message []byte) (signature []byte, err error) {
	defer recoverTo(&err, "Signer")
	return s.Sign(ctx, message)
}
