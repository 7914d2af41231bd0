package signer

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/wechatpay-chain/wechatpay/future"
)

// recoverTo is deferred. It turns the panic of a [Signer], or of a [Verifier] or its
// [KeySource], into their error, so that a call has an outcome and the program continues.
func recoverTo(err *error, what string) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("%s: %w", what, &future.PanicError{Value: value, Stack: debug.Stack()})
	}
}

// Sign returns the signature of s over message. A panic of s is a [*future.PanicError].
func Sign(ctx context.Context, s Signer, message []byte) (signature []byte, err error) {
	defer recoverTo(&err, "Signer")
	return s.Sign(ctx, message)
}
