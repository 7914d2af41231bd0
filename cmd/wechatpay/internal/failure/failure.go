// Package failure tells what an error of a command means for a script: its exit code.
package failure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// Exit codes. A script acts upon them, so that none changes its meaning.
const (
	OK           = 0
	Refused      = 1 // by WeChat Pay, or a check that found something
	Usage        = 2 // the command was wrong; nothing was sent
	Unknown      = 3 // it may have taken effect: query before it is repeated
	Unverified   = 4 // a reply whose signature, or a file whose digest, could not be verified
	NotSent      = 5 // it certainly was not sent
	NotConfirmed = 6 // a call that takes effect, without a yes
	Interrupted  = 130
)

// ErrNotConfirmed means that a call that takes effect was not confirmed.
var ErrNotConfirmed = errors.New("not confirmed; nothing was sent")

// ErrUnverified means that a notification is not signed by WeChat Pay.
var ErrUnverified = errors.New("not verified")

// A UsageError is a wrong command. Its text says the problem and the fix.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// An OutputError is a result that could not be written.
type OutputError struct{ Err error }

func (e *OutputError) Error() string { return "the result cannot be written: " + e.Err.Error() }
func (e *OutputError) Unwrap() error { return e.Err }

// A DoneError is what went wrong after a call that took effect. Its exit code is Unknown: a
// script that took it for a refusal would do it again.
type DoneError struct{ Err error }

func (e *DoneError) Error() string { return "the call has been done, but " + e.Err.Error() }
func (e *DoneError) Unwrap() error { return e.Err }

// A CodedError has an exit code that does not follow from its causes, as for many calls at once.
type CodedError struct {
	Code int
	Err  error
}

func (e *CodedError) Error() string { return e.Err.Error() }
func (e *CodedError) Unwrap() error { return e.Err }

// Codef returns a CodedError.
func Codef(code int, format string, args ...any) error {
	return &CodedError{code, fmt.Errorf(format, args...)}
}

// Code returns the exit code of a command that returned err. The outcome of a call comes
// first: an interrupted call that may have taken effect is Unknown.
func Code(err error) int {
	var usage *UsageError
	var refused *wechatpay.APIError
	var unverified *wechatpay.VerifyError
	var unwritten *OutputError
	var done *DoneError
	var coded *CodedError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &coded):
		return coded.Code
	case errors.As(err, &done), wechatpay.OutcomeUnknown(err):
		return Unknown
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &unverified), errors.Is(err, ErrUnverified), errors.Is(err, media.ErrChecksum):
		return Unverified
	case errors.As(err, &usage), errors.Is(err, wechatpay.ErrInvalid):
		return Usage
	case errors.Is(err, ErrNotConfirmed):
		return NotConfirmed
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &unwritten), errors.Is(err, middleware.ErrNotSent), isCall(err), isUnreached(err):
		return NotSent
	}
	return Refused
}

// refusal is the code of an error that took no effect. A script may take Refused for an answer,
// such as that there is no such refund, so that WeChat Pay must have signed it. It signs no
// refusal of a signature, nor of a rate.
func refusal(e *wechatpay.APIError) int {
	switch {
	case e.StatusCode/100 == 5:
		return NotSent // no answer
	case e.Verified, e.StatusCode/100 == 2, e.StatusCode == http.StatusUnauthorized, e.StatusCode == http.StatusTooManyRequests:
		return Refused
	}
	return Unverified
}

// isCall reports whether err is a call's, whose outcome is not unknown.
func isCall(err error) bool {
	var call *wechatpay.CallError
	return errors.As(err, &call)
}

// isUnreached reports whether err is that of a connection that never came about, as for a
// download of keys, which is no call.
func isUnreached(err error) bool {
	var connecting *net.OpError
	return errors.As(err, &connecting) && connecting.Op == "dial"
}
