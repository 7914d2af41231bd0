package trade

import (
	"regexp"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

var digits = regexp.MustCompile(`^[0-9]{1,32}$`)

// pointer names a field of a body as a refusal does.
func pointer(location, field string) string {
	if location == "body" {
		return "/" + field
	}
	return field
}

// checkMerchants checks who a request is of: mchid, or sp_mchid and sub_mchid.
func (t *turn) checkMerchants(partner bool, location string, get func(string) string) error {
	if !partner {
		return t.checkOwn("mchid", location, get)
	}
	return kit.First(t.checkOwn("sp_mchid", location, get), t.checkSub(location, get("sub_mchid")))
}

func (t *turn) checkOwn(field, location string, get func(string) string) error {
	if get(field) != t.Caller {
		return wrongIn(location, pointer(location, field), wrongMchID, "与签名的商户号不一致")
	}
	return nil
}

func (t *turn) checkSub(location, sub string) error {
	at := pointer(location, "sub_mchid")
	switch {
	case sub == t.Caller:
		return wrongIn(location, at, subIsOwn, "sub_mchid 与服务商商户号相同")
	case !digits.MatchString(sub):
		return wrongIn(location, at, 0, "商户号应为数字")
	}
	return nil
}

// checkSubOf checks that a request names the sub_mchid of the order, or none.
func checkSubOf(o *order, location, sub string) error {
	at := pointer(location, "sub_mchid")
	switch {
	case o.Sub == sub:
		return nil
	case sub == "":
		return wrongIn(location, at, noSub, "必须传入 sub_mchid")
	}
	return wrongIn(location, at, wrongSub, "sub_mchid 与下单时不一致")
}
