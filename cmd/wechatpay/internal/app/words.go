package app

import "strings"

// words are those of the command in place of what only Go programs have: the fields of a Config,
// of Options, functions of packages. The longer one of two that begin alike stands first.
var words = strings.NewReplacer(
	// Whole phrases.
	"; Options.AnyCaller sends it all the same", "",
	"set Options.Encrypt to Auto(), or name it in Options.Unencrypted to send it as it is", "--encrypt auto encrypts it",
	"set Options.Encrypt to wechatpay.Auto()", "add --encrypt auto",
	"or remove Auto", "or leave out auto",
	"Options.Debug prints", "-v prints",
	"the limit of RetryConfig.Attempts", "no more are made",
	"; the reply could not be verified again", "; the reply to the last one could not be verified either",
	", see signer.Serial", "; `wechatpay cert serial FILE` shows it",
	"load apiclient_key.pem with keys.LoadPrivateKey", "name apiclient_key.pem",
	"load it with keys.Text", "name the file that holds it",
	"set PlatformKeys, or APIv3Key to download certificates", "set WECHATPAY_PUBLIC_KEY_FILE and WECHATPAY_PUBLIC_KEY_ID, or WECHATPAY_APIV3_KEY_FILE to download certificates",
	"or let a Keyring download it with the APIv3 key", "or set the APIv3 key, by which it is downloaded",
	"set Upload.ContentType if the type is wrong", "set --type if the type is wrong",
	"it is of API v3: Options.JSON", "it is of API v3",
	"it is of APIv2: Options.XML", "it is of APIv2",
	"; a client or notify.Config of the right caller (Config.BrandID, notify.Config.Scheme), or VerifyAs, states another one", "; set WECHATPAY_BRAND_ID for those of a brand, and WECHATPAY_MCHID for those of a merchant",
	"or pass the value in Options.Vars or Options.Query", "or give the value by --var or -q",
	"Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys", "WeChat Pay's public key is missing",
	"Config.APIv3Key has 0 bytes; it must have 32, as shown in the merchant console", "the APIv3 key is missing",
	"or Config.ReverseProxy if", "or give the path alone if",
	"see keys.LoadMerchant", "name it in WECHATPAY_CERTIFICATE_FILE",
	"load both with tls.LoadX509KeyPair or keys.LoadMerchant", "name both files",

	// Names.
	"Options.JSON", "the body",
	"Options.XML", "the body",
	"Options.Body", "the body",
	"Options.Query", "-q",
	"Options.Vars", "--var",
	"Options.Header", "-H",
	"Options.Encrypt", "--encrypt",
	"Options.Decrypt", "--decrypt",
	"set Options.BaseURL", "set WECHATPAY_BASE_URL",
	"Options.BaseURL", "WECHATPAY_BASE_URL",
	"Chain: ", "",
	"Config.MchID", "WECHATPAY_MCHID",
	"Config.BrandID", "WECHATPAY_BRAND_ID",
	"Config.Serial", "WECHATPAY_SERIAL",
	"Config.AppID", "WECHATPAY_APPID",
	"Config.BaseURL", "WECHATPAY_BASE_URL",
	"Config.PrivateKey", "WECHATPAY_PRIVATE_KEY_FILE",
	"Config.Certificate", "WECHATPAY_CERTIFICATE_FILE",
	"Config.PlatformKeys", "WECHATPAY_PUBLIC_KEY_FILE",
	"Config.Keys", "WECHATPAY_PUBLIC_KEY_FILE",
	"Config.APIv3Key", "WECHATPAY_APIV3_KEY",
	"Config.APIv2Key", "WECHATPAY_APIV2_KEY",
	"OrderV2.Digest", "--sign-type",
	"OrderV2.AppID", "--appid", "JSAPIOrder.AppID", "--appid", "AppOrder.AppID", "--appid",
	"OrderV2.PrepayID", "--prepay-id", "JSAPIOrder.PrepayID", "--prepay-id", "AppOrder.PrepayID", "--prepay-id",
	"JSAPIOrder.Instalments", "--instalments",
	"paysign: ", "",
	"notify: ", "",
	"wechatpay: ", "",
)

// Words returns the text of an error in the words of the command.
func Words(text string) string {
	if text == "EOF" || text == "unexpected EOF" {
		return "the data ended too early"
	}
	return words.Replace(text)
}
