package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func invalid(issue string) error { return play.Refuse(400, "INVALID_REQUEST", issue) }

func missing() error { return play.Refuse(404, "NOT_FOUND", "记录不存在") }

func wrong(at, issue string) error { return play.WrongField("body", at, issue) }

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var numberForm = regexp.MustCompile(`^[0-9A-Za-z]*$`)

// checkNumber checks a number of the merchant, of at most 32 digits and letters.
func checkNumber(o play.Object, at, name string, least int) error {
	if text := o.Text(name); !numberForm.MatchString(text) || len(text) < least || len(text) > 32 {
		return wrong(at+"/"+name, "单号应为 "+strconv.Itoa(least)+" 到 32 个数字或字母")
	}
	return nil
}

// checkText checks the characters of a text that must be there.
func checkText(o play.Object, at, name string, most int) error {
	if n := utf8.RuneCountInString(o.Text(name)); n < 1 || n > most {
		return wrong(at+"/"+name, "长度应为 1 到 "+strconv.Itoa(most)+" 个字符")
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
		return wrong(at+"/transfer_amount", "转账金额应为大于 0 的整数")
	case amount >= nameFrom && name == "":
		return wrong(at+"/user_name", "转账金额大于等于 2000 元时，收款用户姓名必填")
	case amount < noName && name != "":
		return wrong(at+"/user_name", "转账金额小于 0.3 元时，不支持传入收款用户姓名")
	}
	return first(checkText(o, at, "openid", 64), checkText(o, at, "transfer_remark", 32))
}

// fingerprint is the same for the same body.
func fingerprint(body play.Object) string {
	sum := sha256.Sum256([]byte(body.Canonical()))
	return hex.EncodeToString(sum[:])
}
