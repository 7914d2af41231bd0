package sharing

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The numbers that WeChat Pay puts at the end of Request-ID, as far as they are known.
const (
	needsSubMchid = 268443704
	ownSubMchid   = 268443705
)

func invalid(issue string) error { return play.Refuse(400, "INVALID_REQUEST", issue) }

func missing() error { return play.Refuse(404, "RESOURCE_NOT_EXISTS", "记录不存在") }

func notEnough(issue string) error { return play.Refuse(403, "NOT_ENOUGH", issue) }

func wrong(at, issue string) error { return play.WrongField("body", at, issue) }

func numbered(location, at, issue string, number int) error {
	r := play.WrongField(location, at, issue)
	r.Number = number
	return r
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_|*@-]{1,64}$`)

func checkNumber(o play.Object, name string) error {
	if !numberForm.MatchString(o.Text(name)) {
		return wrong("/"+name, "单号应为 1 到 64 个数字、字母或 _-|*@")
	}
	return nil
}

// checkText checks the characters of a text, of which there must be one where least is 1.
func checkText(o play.Object, at, name string, least, most int) error {
	if n := utf8.RuneCountInString(o.Text(name)); n < least || n > most {
		return wrong(at+"/"+name, "长度应为 "+strconv.Itoa(least)+" 到 "+strconv.Itoa(most)+" 个字符")
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
		return numbered(location, at, "sub_mchid 不能是服务商自己的商户号", ownSubMchid)
	}
	return nil
}

// fingerprint is the same for the same body.
func fingerprint(body play.Object) string {
	sum := sha256.Sum256([]byte(body.Canonical()))
	return hex.EncodeToString(sum[:])
}
