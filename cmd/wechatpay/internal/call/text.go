package call

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay"
)

// flagNames are the flags in place of the options of the library, in the texts of its errors.
var flagNames = strings.NewReplacer(
	"; Options.AnyCaller sends it all the same", "",
	"set Options.Encrypt to Auto(), or name it in Options.Unencrypted to send it as it is", "--encrypt auto encrypts it",
	"or remove Auto", "or leave out auto",
	"Options.Debug prints", "-v prints",
	"the limit of RetryConfig.Attempts", "the last one",
	"Options.JSON", "the body",
	"Options.XML", "the body",
	"Options.Body", "the body",
	"Options.Query", "-q",
	"Options.Vars", "--var",
	"Options.Header", "-H",
	"Options.Encrypt", "--encrypt",
	"Options.Decrypt", "--decrypt",
	"Chain: ", "",
	"Config.APIv2Key", "WECHATPAY_APIV2_KEY",
	"Config.APIv3Key", "WECHATPAY_APIV3_KEY",
	"Config.BrandID", "WECHATPAY_BRAND_ID",
	"Config.MchID", "WECHATPAY_MCHID",
	"Config.Certificate", "WECHATPAY_CERTIFICATE_FILE",
	"Config.PrivateKey", "WECHATPAY_PRIVATE_KEY_FILE",
	"Config.PlatformKeys", "WECHATPAY_PUBLIC_KEY_FILE",
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
	text := flagNames.Replace(err.Error())
	if wechatpay.OutcomeUnknown(err) {
		text += "; it may have taken effect: query it before you repeat it"
	}
	if text == err.Error() {
		return err
	}
	return &flagError{err, text}
}
