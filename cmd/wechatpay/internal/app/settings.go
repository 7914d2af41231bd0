package app

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// settingNames are the names of settings in place of the fields of a Config, which only Go
// programs have.
var settingNames = strings.NewReplacer(
	"wechatpay: ", "",
	", see signer.Serial", "; `wechatpay cert serial FILE` shows it",
	"Config.MchID", "WECHATPAY_MCHID",
	"Config.BrandID", "WECHATPAY_BRAND_ID",
	"Config.Serial", "WECHATPAY_SERIAL",
	"Config.AppID", "WECHATPAY_APPID",
	"Config.BaseURL", "WECHATPAY_BASE_URL",
	"Config.PrivateKey", "WECHATPAY_PRIVATE_KEY_FILE",
	"Config.Certificate", "WECHATPAY_CERTIFICATE_FILE",
	"Config.PlatformKeys", "WECHATPAY_PUBLIC_KEY_FILE",
	"Config.APIv3Key", "WECHATPAY_APIV3_KEY",
	"Config.APIv2Key", "WECHATPAY_APIV2_KEY",
)

// wrongSettings says what is wrong with the settings, in one line, and where they are from.
func wrongSettings(s *profile.Settings, err error) error {
	return &failure.UsageError{Err: &renamed{s.Name() + ": " + InSettings(err).Error(), err}}
}

// InSettings returns err with the names of settings in place of the fields of a Config, which
// further may replace by others.
func InSettings(err error, further ...*strings.Replacer) error {
	text := settingNames.Replace(err.Error())
	for _, f := range further {
		text = f.Replace(text)
	}
	return &renamed{text, err}
}

// A renamed error has another text.
type renamed struct {
	text string
	err  error
}

func (e *renamed) Error() string { return e.text }
func (e *renamed) Unwrap() error { return e.err }
