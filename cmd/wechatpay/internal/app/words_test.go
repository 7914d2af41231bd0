package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, want string }{
		{"a key that is missing", "wechatpay: Config.PrivateKey: is missing; load apiclient_key.pem with keys.LoadPrivateKey", "WECHATPAY_PRIVATE_KEY_FILE: is missing; name apiclient_key.pem"},
		{
			"no key to verify with", "Config.PlatformKeys: is missing; without WeChat Pay's keys no reply can be trusted: set PlatformKeys, or APIv3Key to download certificates",
			"WECHATPAY_PUBLIC_KEY_FILE: is missing; without WeChat Pay's keys no reply can be trusted: set WECHATPAY_PUBLIC_KEY_FILE and WECHATPAY_PUBLIC_KEY_ID, or WECHATPAY_APIV3_KEY_FILE to download certificates",
		},
		{"a key in place of its path", "no key: the path is not a path but a key or another text; load it with keys.Text", "no key: the path is not a path but a key or another text; name the file that holds it"},
		{"a hint of the other API", "did you mean POST v2/pay/micropay? it is of APIv2: Options.XML", "did you mean POST v2/pay/micropay? it is of APIv2"},
		{"a variable", `Options.Vars: "package_id" is missing, for "x"`, `--var: "package_id" is missing, for "x"`},
		{"the type of an upload", "the file is text; the endpoint accepts image/png; set Upload.ContentType if the type is wrong", "the file is text; the endpoint accepts image/png; set --type if the type is wrong"},
		{"no APIv3 key", "notify: Config.APIv3Key has 0 bytes; it must have 32, as shown in the merchant console", "the APIv3 key is missing"},
		{"a page", "paysign: JSAPIOrder.PrepayID: has a space", "--prepay-id: has a space"},
		{"a bare cause", "EOF", "the data ended too early"},
		{"what has no such name", "order 1 cannot be paid", "order 1 cannot be paid"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, app.Words(row.text))
		})
	}
}
