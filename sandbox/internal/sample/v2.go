package sample

import (
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// textRulesV2 come before the rules of all, for fields of APIv2 that have another form, or whose
// value would contradict a call that succeeded.
var textRulesV2 = []textRule{
	texts(`fee_type$`, say("CNY")),
	texts(`^trade_type$`, func(g *generator, _ string, _ level) string { return tradeType(g.v2) }),
	texts(`^coupon_type$`, say("CASH")),
	texts(`result_code$|^ret_code$`, say("SUCCESS")),
	texts(`^result_msg$`, say("OK")),
	texts(`^total$`, say("1")),
	texts(`^sign_qrcode$`, lettersOf("https://pay.weixin.qq.com/sandbox/", 60)),
	texts(`^applyment_state$`, say("FINISH")),
	texts(`^refund_account$`, say("REFUND_SOURCE_UNSETTLED_FUNDS")),
	texts(`^refund_channel$`, say("ORIGINAL")),
	texts(`^refund_recv_accout$`, say("支付用户零钱")), // as WeChat Pay writes it
	texts(`^(receiver_|return_)?account$`, digitsOf("19", 10)),
	texts(`^contract_display_account$`, say("测试用户")),
	texts(`^channel_type$`, say("ETC")),
	texts(`^common_use_flag$`, say("COMMON_USE")),
	texts(`^returned$`, say("TRUE")),
	texts(`^handle_state$`, say("已处理")),
	texts(`^rate$`, say("100000000")), // of one to one
	texts(`^certificates$`, say(`{"data":[]}`)),
	texts(`^app_id$|^office_account$|^mini_program$`, hexOf("wx", 18)),
	texts(`^jsapi_path_list$`, say("https://www.example.com/pay/")),
	texts(`_listid$`, digitsOf("1000", 28)),
	texts(`_billno$`, digitsOf("1900", 28)),
	texts(`^fbatchno$`, digitsOf("1", 20)),
	texts(`_md5$|_signkey$`, hexOf("", 32)),
	texts(`^encrypted_`, lettersOf("", 344)),
	texts(`^(free|charging)_time$`, say("3600")), // in seconds
	texts(`_time_t$|^timestamp$`, func(g *generator, name string, _ level) string {
		return itoa(int(g.moment(strings.TrimSuffix(name, "_t")).Unix()))
	}),
	texts(`_valid_time$|^(business|organization)_time$`, func(g *generator, name string, _ level) string {
		return g.moment(name).Format(time.DateOnly)
	}),
	texts(`^date_`, func(g *generator, name string, _ level) string { return g.moment(name).Format("20060102") }),
}

// integersV2 come before the rules of all likewise.
var integersV2 = []integerRule{
	rule(`^contract_state$`, fixed(0)),      // it is in force
	rule(`^coupon_stock_status$`, fixed(4)), // it may be sent
	rule(`^coupon_(total|budget)$`, fixed(100)),
	rule(`^coupon_use_value$`, fixed(0)),
	// Parts of a sum that has another part, which is all of it.
	rule(`^(transport|unsettlement|poundage|other|compensation|cancel)_fee$|^split_(un)?settlement_fee$|^overdue_fine$`, fixed(0)),
	rule(`^refund_fee$`, func(g *generator, _ catalogue.Field, at level) int64 {
		if !strings.Contains(g.v2, "refund") {
			return 0
		}
		return at.sum.refund
	}),
}

// tradeType returns the type of the payments of an endpoint.
func tradeType(path string) string {
	for _, t := range tradeTypes {
		if strings.Contains(path, t.in) {
			return t.of
		}
	}
	return "JSAPI"
}

var tradeTypes = []struct{ in, of string }{
	{"/xdc/", "MICROPAY"}, {"/micropay", "MICROPAY"}, {"/facepay", "FACEPAY"},
	{"/pap", "PAP"}, {"/transit/", "PAP"}, {"/vehicle/", "PAP"},
}

// layoutV2 returns how an endpoint of APIv2 writes a time or a day.
func layoutV2(path, name string) string {
	spaced := name == "refund_success_time"
	for _, prefix := range []string{"/mmpaymkttransfers/", "/mmpaysptrans/", "/papay/", "/risk/"} {
		spaced = spaced || strings.HasPrefix(path, prefix)
	}
	switch {
	case name == "date" || name == "bill_date":
		return "20060102"
	case isDate.MatchString(name):
		return time.DateOnly
	case spaced:
		return time.DateTime
	}
	return "20060102150405"
}
