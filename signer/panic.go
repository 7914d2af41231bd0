package signer

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// panicked returns the error for the panic of a [Signer], or of a [Verifier] or its
// [KeySource], so that a call has an outcome and the program continues.
func panicked(what string, value any) error {
	return fmt.Errorf("%s: %w", what, &future.PanicError{Value: value, Stack: debug.Stack()})
}

// An unsentError is the panic of a Signer. Its OutcomeUnknown is false, unlike that of the
// PanicError in it: what has no signature yet was not sent.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

func (unsentError) OutcomeUnknown() bool { return false }

// Sign returns the signature of s over message, and an error if s is nil. A panic of s is a
// [*future.PanicError] in an error whose OutcomeUnknown is false: nothing was sent.
func Sign(ctx context.Context, s Signer, message []byte) (signature []byte, err error) {
	if nilcheck.IsNil(s) {
		return nil, errors.New("signer: the Signer is nil; make one with New")
	}
	defer recoverSigner(&err)
	return s.Sign(ctx, message)
}

// signRequest is Sign of the message of a request, which is not put together for a Signer of New.
func signRequest(ctx context.Context, s Signer, r Request) (signature []byte, err error) {
	defer recoverSigner(&err)
	inner := s
	if as, ok := s.(schemeSigner); ok {
		inner = as.Signer
	}
	if own, ok := inner.(rsaSigner); ok {
		return own.signRequest(ctx, r)
	}
	return s.Sign(ctx, RequestMessage(r))
}

func recoverSigner(err *error) {
	if value := recover(); value != nil {
		*err = unsentError{panicked("Signer", value)}
	}
}
