package check

import (
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// own are the fields at the top level that name the caller. A service provider is sp_mchid: of
// the fields of one request, the first that it has decides.
var own = []string{"sp_mchid", "combine_mchid", "mchid"}

// strangers are paths whose mchid is not the caller's. One that ends in "/" is a prefix.
var strangers = []struct{ path, reason string }{
	{"/v3/aggracct-bc/wb-channel/", "a bank asks about the merchants of its channel"},
	{"/v3/brand/partner/store/brandstores/{store_id}/bindrecipient", "the merchant that is paid in the store"},
	{"/v3/brand/partner/store/brandstores/{store_id}/unbindrecipient", "the merchant that is paid in the store"},
	{"/v3/taxi-invoice/driver/update-driver", "the taxi company, for which a service provider acts"},
	{"/v3/taxi-invoice/taxi/update-taxi", "the taxi company, for which a service provider acts"},
	{"/invoicing/fapiao/fapiao-file", "the request is not signed: nobody is known to call"},
}

// Numbers that WeChat Pay gives at the end of Request-ID.
const (
	subMissing = 268443704
	subIsOwn   = 268443705
)

// Caller checks that the merchant that a request names as its sender is the one that signed
// it, and that a sub-merchant is another one. Values that are documented to be somebody else's
// are not looked at.
func Caller(e catalogue.Endpoint, caller string, body play.Object, query url.Values) *play.Refusal {
	for _, place := range []struct {
		name   string
		fields catalogue.Fields
		value  func(string) string
	}{
		{"body", e.JSON, body.Text},
		{"query", e.Query, query.Get},
	} {
		at := ""
		if place.name == "body" {
			at = "/"
		}
		for _, name := range own {
			if named(place.fields, name) < 0 || place.value(name) == "" || stranger(e.Path) {
				continue
			}
			if place.value(name) != caller {
				return play.WrongField(place.name, at+name, "商户号与签名的商户号不匹配")
			}
			break
		}
		if issue, number := sub(place.fields, caller, place.value); issue != "" {
			refusal := play.WrongField(place.name, at+"sub_mchid", issue)
			refusal.Number = number
			return refusal
		}
	}
	return nil
}

// sub checks the sub-merchant of a service provider.
func sub(fields catalogue.Fields, caller string, value func(string) string) (issue string, number int) {
	i := named(fields, "sub_mchid")
	if i < 0 {
		return "", 0
	}
	switch id := value("sub_mchid"); {
	case id == "" && fields[i].Required:
		return "必须传入 sub_mchid", subMissing
	case id == "":
		return "", 0
	case strings.Trim(id, "0123456789") != "":
		return "商户号应为数字", 0
	case id == caller && fields[i].Required:
		return "子商户号不能与自身商户号相同", subIsOwn
	}
	return "", 0
}

func stranger(path string) bool {
	for _, s := range strangers {
		if path == s.path || strings.HasSuffix(s.path, "/") && strings.HasPrefix(path, s.path) {
			return true
		}
	}
	return false
}
