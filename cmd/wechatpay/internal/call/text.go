package call

import (
	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// A flagError is an error of the library that speaks of flags.
type flagError struct {
	err  error
	text string
}

func (e *flagError) Error() string { return e.text }
func (e *flagError) Unwrap() error { return e.err }

// inFlags returns err with the names of flags and variables in place of those that a Go program
// has, and with the next step where the outcome is unknown.
func inFlags(err error) error {
	if err == nil {
		return nil
	}
	text := app.Words(err.Error())
	if wechatpay.OutcomeUnknown(err) {
		text += "; it may have taken effect: query it before you repeat it"
	}
	if text == err.Error() {
		return err
	}
	return &flagError{err, text}
}
