package coupon

import (
	"fmt"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The numbers that WeChat Pay puts at the end of Request-ID. Their statuses and codes are
// documented of few; see the package.
const (
	tooLong       = 268435462
	tooShort      = 268435463
	notSending    = 268577984
	wrongState    = 268578367 // neither confirmed nor usable
	noImage       = 268578404
	wrongOpenID   = 268578532
	notYours      = 268578608 // it does not exist, or is another brand's
	wrongAppID    = 268578704
	expired       = 268578776
	allStores     = 268578813
	noCoupon      = 268578851
	sameNumber    = 268578927 // with another body
	wrongStore    = 268584404
	worseRound    = 268586067
	sentAlready   = 272755200 // with another number
	outsidePeriod = 272755715
	outsideHours  = 272755717 // of the week, or the irregular ones
	userLimit     = 272756740
	usedAlready   = 272756745 // with another number
	deleted       = 272756769
	usedTooLate   = 272756790
)

// refusal is one whose number stands at the end of Request-ID alone, and not of its message.
func refusal(status int, code string, number int, issue string) error {
	r := play.Refuse(status, code, issue)
	r.Number = number
	return r
}

func invalid(number int, issue string) error {
	return refusal(400, "INVALID_REQUEST", number, issue)
}

func missing(number int, issue string) error {
	return refusal(404, "RESOURCE_NOT_EXISTS", number, issue)
}

// within checks a whole number, which may be left out.
func within(o play.Object, at, name string, least, most int64) error {
	if n := o.Int(name); o.Has(name) && (n < least || n > most) {
		return kit.Wrong(at+"/"+name, fmt.Sprintf("取值应为 %d 到 %d", least, most))
	}
	return nil
}

// longest checks the characters of a text.
func longest(o play.Object, at, name string, most int) error {
	if utf8.RuneCountInString(o.Text(name)) > most {
		return kit.Wrong(at+"/"+name, fmt.Sprintf("长度应不超过 %d 个字符", most))
	}
	return nil
}
