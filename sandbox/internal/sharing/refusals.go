package sharing

import (
	"regexp"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The numbers that WeChat Pay puts at the end of Request-ID, as far as they are known.
const (
	needsSubMchid = 268443704
	ownSubMchid   = 268443705
)

func missing() error { return kit.Missing(0, "记录不存在") }

func notEnough(issue string) error { return kit.Refuse(403, "NOT_ENOUGH", 0, issue) }

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_|*@-]{1,64}$`)

func checkNumber(o play.Object, name string) error {
	if !numberForm.MatchString(o.Text(name)) {
		return kit.Wrong("/"+name, "单号应为 1 到 64 个数字、字母或 _-|*@")
	}
	return nil
}

var mchidForm = regexp.MustCompile(`^[0-9]{1,32}$`)

// checkSub checks the sub_mchid, which a merchant that acts for itself leaves out.
func checkSub(location, at, caller, sub string) error {
	switch {
	case sub == "":
		return nil
	case !mchidForm.MatchString(sub):
		return play.WrongField(location, at, "商户号应为数字")
	case sub == caller:
		r := play.WrongField(location, at, "sub_mchid 不能是服务商自己的商户号")
		r.Number = ownSubMchid
		return r
	}
	return nil
}
