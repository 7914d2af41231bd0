package trade

import (
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The numbers that WeChat Pay puts at the end of Request-ID.
const (
	tooLong      = 268435462
	tooShort     = 268435463
	outOfRange   = 268435464
	noSub        = 268443704
	subIsOwn     = 268443705
	wrongMchID   = 268447843
	wrongSub     = 268447845
	notValid     = 268447914 // the order, or what to pay with
	alreadyPaid  = 268449538
	onlyReverse  = 268449641
	otherBody    = 268498688
	noOpenID     = 268501013
	notExisting  = 268512771
	maxAmount    = 1_000_000_000 // what is documented of a sub-order, in yuan
	maxDescribed = 127
	maxAttached  = 128
)

// numbered refuses with a number, which, unlike in the messages of other parts, the message
// does not repeat.
func numbered(status int, code string, number int, issue string) error {
	r := play.Refuse(status, code, issue)
	r.Number = number
	return r
}

func noOrder() error { return numbered(404, "ORDER_NOT_EXIST", notExisting, "订单不存在") }

func orderPaid() error { return numbered(400, "ORDERPAID", alreadyPaid, "该订单已支付") }

func orderClosed() error { return numbered(400, "ORDER_CLOSED", notValid, "该订单已关闭") }

func wrongIn(location, field string, number int, issue string) error {
	r := play.WrongField(location, field, issue)
	r.Number = number
	return r
}

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*]*$`)

// checkNumber checks an out_trade_no or combine_out_trade_no.
func checkNumber(at, text string) error {
	switch {
	case len(text) < 6:
		return kit.WrongNumber(at, tooShort, "单号长度应不少于 6 个字符")
	case len(text) > 32:
		return kit.WrongNumber(at, tooLong, "单号长度应不超过 32 个字符")
	case !numberForm.MatchString(text):
		return kit.Wrong(at, "单号只能包含数字、字母和 _-|*")
	}
	return nil
}

var refundNumberForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*@]{1,64}$`)

func checkRefundNumber(text string) error {
	if !refundNumberForm.MatchString(text) {
		return kit.Wrong("/out_refund_no", "单号应为 1 到 64 个数字、字母或 _-|*@")
	}
	return nil
}

// checkAmount checks an amount, and that it is in CNY where a currency is named.
func checkAmount(at string, amount play.Object, name string) error {
	switch n := amount.Int(name); {
	case n < 1 || n > maxAmount:
		return kit.WrongNumber(at+"/"+name, outOfRange, fmt.Sprintf("取值应为 1 到 %d 的整数", maxAmount))
	case amount.Has("currency") && amount.Text("currency") != "CNY":
		return kit.Wrong(at+"/currency", "境内商户号仅支持 CNY")
	}
	return nil
}

// checkURL checks where a webhook is to go. The sandbox takes any host, and HTTP.
func checkURL(o play.Object) error {
	if !o.Has("notify_url") {
		return nil
	}
	u, err := url.Parse(o.Text("notify_url"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return kit.Wrong("/notify_url", "应为完整的 URL")
	case u.RawQuery != "" || u.ForceQuery:
		return kit.Wrong("/notify_url", "不能携带查询串")
	case len(o.Text("notify_url")) > 255:
		return kit.WrongNumber("/notify_url", tooLong, "长度应不超过 255 个字符")
	}
	return nil
}

// expiry reads time_expire.
func (t *turn) expiry() (time.Time, error) {
	text := t.Body.Text("time_expire")
	if text == "" {
		return t.Now.Add(orderLife), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return at, kit.Wrong("/time_expire", "时间应为 RFC 3339 格式")
	case !at.After(t.Now):
		return at, kit.WrongNumber("/time_expire", outOfRange, "时间应晚于当前时间")
	}
	return at, nil
}
