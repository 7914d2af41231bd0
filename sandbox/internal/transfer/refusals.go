package transfer

import (
	"regexp"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func missing() error { return kit.Refuse(404, "NOT_FOUND", 0, "记录不存在") }

var numberForm = regexp.MustCompile(`^[0-9A-Za-z]*$`)

// checkNumber checks a number of the merchant, of at most 32 digits and letters.
func checkNumber(o play.Object, at, name string, least int) error {
	if text := o.Text(name); !numberForm.MatchString(text) || len(text) < least || len(text) > 32 {
		return kit.Wrong(at+"/"+name, "单号应为 "+strconv.Itoa(least)+" 到 32 个数字或字母")
	}
	return nil
}

const (
	nameFrom = 2000_00         // from this amount on, in fen, the name of the user is required
	noName   = 30              // below it is not allowed
	maxFen   = 100_000_000_000 // more than any transfer, so that sums of them are not too big
)

// checkPayee checks the user, the amount and what goes with it.
func checkPayee(o play.Object, at string) error {
	amount, name := o.Int("transfer_amount"), o.Text("user_name")
	switch {
	case amount < 1 || amount > maxFen:
		return kit.Wrong(at+"/transfer_amount", "转账金额应为大于 0 的整数")
	case amount >= nameFrom && name == "":
		return kit.Wrong(at+"/user_name", "转账金额大于等于 2000 元时，收款用户姓名必填")
	case amount < noName && name != "":
		return kit.Wrong(at+"/user_name", "转账金额小于 0.3 元时，不支持传入收款用户姓名")
	}
	return kit.First(kit.Length(o, at, "openid", 1, 64), kit.Length(o, at, "transfer_remark", 1, 32))
}
