package sample

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A textRule makes texts for the names that fit.
type textRule struct {
	names *regexp.Regexp
	value func(*generator, string, level) string
}

func say(text string) func(*generator, string, level) string {
	return func(*generator, string, level) string { return text }
}

func digitsOf(prefix string, length int) func(*generator, string, level) string {
	return func(g *generator, name string, at level) string { return g.digits(name, at, prefix, length) }
}

func lettersOf(prefix string, length int) func(*generator, string, level) string {
	return func(g *generator, name string, at level) string { return g.letters(name, at, prefix, length) }
}

func hexOf(prefix string, length int) func(*generator, string, level) string {
	return func(g *generator, name string, at level) string { return g.hex(name, at, prefix, length) }
}

func texts(names string, value func(*generator, string, level) string) textRule {
	return textRule{regexp.MustCompile(names), value}
}

// ruleOf returns the value of the first rule for a name, or nil.
func ruleOf(rules []textRule, name string) func(*generator, string, level) string {
	i := slices.IndexFunc(rules, func(r textRule) bool { return r.names.MatchString(name) })
	if i < 0 {
		return nil
	}
	return rules[i].value
}

// text returns a text for a field without values that are known.
func (g *generator) text(f catalogue.Field, at level) string {
	switch {
	case f.Text:
		return "{}" // of what is not documented
	case g.v2 != "" && ruleOf(textRulesV2, f.Name) != nil:
		return ruleOf(textRulesV2, f.Name)(g, f.Name, at)
	case !f.Required && failure.MatchString(f.Name):
		return "" // nothing failed
	case isDate.MatchString(f.Name) || isTime.MatchString(f.Name):
		return g.clock(f.Name, at.path)
	}
	if value := ruleOf(textRules, f.Name); value != nil {
		return value(g, f.Name, at)
	}
	if n, is := g.fen(f, at); is {
		return strconv.FormatInt(n, 10)
	}
	return "示例"
}

var (
	failure  = regexp.MustCompile(`^(next_page_token|next|prev)$|fail_|failed_|_fail|^fail|reject_|rejected|invalid_reason|^err(or)?_|^error`)
	negative = regexp.MustCompile(`^(no|is_overdue|natural_person_limit|prevent|need|in_transit|is_agent|recall)`)
)

// textRules are tried in order.
var textRules = []textRule{
	texts(`^(combine_)?transaction_id$|_transaction_id$|^(channel_)?trade_no$|^wx_?p?_trade_no$`, digitsOf("4200", 28)),
	texts(`(^|_)refund_id$`, digitsOf("5030", 29)),
	texts(`^(order_id|return_id|return_no)$`, digitsOf("3008", 28)),
	texts(`^(transfer_bill_no|transfer_id)$`, digitsOf("1330", 40)),
	texts(`^(batch_id|batch_no|detail_id|detail_no|settle_batch_no)$`, digitsOf("1030", 40)),
	texts(`^prepay_id$`, (*generator).prepayID),
	texts(`^(openid|union_?id|wechat_openid|userid)$|_openid$`, lettersOf("o", 28)),
	texts(`appid`, hexOf("wx", 18)),
	texts(`(^|_)username$|program_user_name$`, hexOf("gh_", 15)),
	texts(`^(mchid|sp_mchid|combine_mchid)$`, func(g *generator, name string, at level) string {
		if len(g.Caller) == 10 {
			return g.Caller
		}
		return g.digits(name, at, "19", 10)
	}),
	texts(`mchid|mch_id$|merchant_code|merchant_id$|merchant_id_list|belong_merchant|^(payer|payee)_merchant$|_merchant_id`, digitsOf("19", 10)),
	texts(`^brand_id$`, digitsOf("4", 6)),
	texts(`^(payer_|recv_)?currency$|currency$|^fee_type$`, say("CNY")),
	texts(`^bank_type$`, say("OTHERS")),
	texts(`^trade_type$`, say("JSAPI")),
	texts(`^trade_(state|status)$`, say("SUCCESS")),
	texts(`^trade_state_desc?$|^trade_state_description$`, say("支付成功")),
	texts(`^hash_type$`, say("SHA1")),
	texts(`^(hash_value|.*_hash)$`, func(g *generator, _ string, at level) string { return hashOf("SHA1", g.token(at)) }),
	texts(`^download_url$`, func(g *generator, _ string, at level) string {
		return g.BaseURL + "/v3/billdownload/file?token=" + g.token(at)
	}),
	texts(`^code_url$`, lettersOf("weixin://wxpay/bizpayurl?pr=", 36)),
	texts(`^(h5_url|mweb_url)$`, func(g *generator, name string, at level) string {
		return "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + g.prepayID("prepay_id", at) + "&package=" + g.digits(name, at, "2", 10)
	}),
	texts(`^sha256$`, hexOf("", 64)),
	texts(`digest$|^sm3$|_sm3$`, hexOf("", 64)),
	texts(`logo|picture|image|photo_|(^|_)(photo|avatar|thumbnail|cover)(_|$)|(^|_)imgs?_|_img$|_pics?$|_icon`, func(g *generator, name string, at level) string {
		if strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_data") {
			return g.letters(name, at, "", 40)
		}
		return "https://wxpaylogo.qpic.cn/" + g.letters(name, at, "", 32)
	}),
	texts(`url|website|app_download|^(self|next|prev)$|domains?$|_link$`, func(g *generator, name string, at level) string {
		return "https://pay.weixin.qq.com/sandbox/" + g.hex(name, at, "", 16)
	}),
	texts(`_path$|^path$`, say("pages/index/index")),
	texts(`media_id|license|_proof$|_copy$|file_id$|_file$|_national$|_cert(s|ificate)?$|materials?$`, lettersOf("", 60)),
	texts(`email`, say("service@example.com")),
	texts(`(^|_)ip$`, say("203.0.113.7")), // of documentation
	texts(`mac$`, say("02:00:5E:10:00:01")),
	texts(`^latitude$`, say("22.543096")),
	texts(`^longitude$`, say("114.057865")),
	texts(`phone|mobile|telephone`, say("13900000000")),
	texts(`(id_card|cert|certificates?|identification|id_doc|contact_id|driver_license)_?(number|no)?$|id_number$|_id_no$|^id_card|^driver_license$`, func(g *generator, name string, at level) string { return g.citizen(name, at) }),
	texts(`social_credit|taxpayer_id|tax_id|organization_code|license_number|registration_certificate_number|business_license_number|^manufact_cert_code$`, func(g *generator, name string, at level) string { return g.credit(name, at) }),
	texts(`card_number_tail|card_tail`, say("1234")),
	texts(`account_number|account_no$|bank_account(_no|_number)?$|bank_card_n|^card_number$|settlement_bank_number|_account$|^account$`, func(g *generator, name string, at level) string { return g.card(name, at) }),
	texts(`^(plate|car)_n(umber|o)$`, say("粤B888888")),
	texts(`(province|city|area|district|address|county|region|add)_code`, say("440300")),
	texts(`^bank_branch_id$`, say("402713354941")),
	texts(`country`, say("CHN")),
	texts(`(province|city)_id$`, say("440300")),
	texts(`province`, say("广东省")), texts(`(^|_)city(_name)?$`, say("深圳市")), texts(`district|county|area$`, say("南山区")),
	texts(`address|location|street|station`, say("深圳市南山区科技园1号")),
	texts(`^account_bank$|bank_name|bank_alias$|abbreviation|limit_bank|destination_account_bank`, say("招商银行")),
	texts(`mcc|category_code`, say("5311")),
	texts(`^(batch|detail|receipt|schedule|audit|data|apply|order|pay|coupon|card|check|stock|activity)_(state|status)$|^(state|status|result)$|_(state|status)$`, say("SUCCESS")),
	texts(`token|session|ticket|package$|package_info|^nonce$|ciphertext|signature|encrypt_key|^password$|^authinfo$|_key$|^key$`, lettersOf("", 32)),
	texts(`(^|_)qq$`, digitsOf("1", 9)),
	texts(`color$`, say("Color010")),
	texts(`_sn$`, lettersOf("SN", 16)),
	texts(`^algorithm$`, say("AEAD_AES_256_GCM")),
	texts(`^level$|_level$`, say("1")),
	texts(`^(resp|sub|error)_code$`, say("SUCCESS")),
	texts(`_version$|_week$|^seq|(^|_)type$|_mode$|_flag$|_mark$|_percent$|^is_|_count$|_num$|^number$|_ratio$|_rate$`, say("1")),
	texts(`name$|_name_|drawer|reviewer|nickname|legal_person|^operator$|_user$|_name_list$`, say("测试商户")),
	texts(`title|_wording|_words|label|button_text`, say("测试标题")),
	texts(`desc|remark|memo|reason|introduction|note$|tips|tooltip|instructions|message|^msg$|_msg$|content|comment|detail$|text|explanation|attach`, say("测试说明")),
	texts(`^out_|_request_no$`, lettersOf("S", 24)),
	texts(`_ids?$|^id$|_no$|_number$|_code$|_codes$|^codes?$|^sn$|serial|_list$|imei|[a-z](No|Id)$`, digitsOf("1", 19)),
}
