package provoke

import (
	"net/http"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// TableV2 returns the rows of APIv2, whose codes are err_code, with 200 in all cases.
func TableV2() []Row { return slices.Clone(tableV2) }

// RefusalV2 is [Refusal] of an endpoint of APIv2.
func RefusalV2(path string, numbers []string) *play.Refusal {
	for _, number := range numbers {
		if row := provoked(tableV2, http.MethodPost, path, number); row != nil {
			return &play.Refusal{Status: row.Status, Code: row.Code, Message: row.Message}
		}
	}
	return nil
}

func v2(path, code, message string) Row {
	return Row{Path: path, Code: code, Status: http.StatusOK, Message: message}
}

// The codes and messages are those of the pages of the endpoints.
var tableV2 = []Row{
	// Of every endpoint.
	v2("", "SYSTEMERROR", "系统异常，请用相同参数重新调用"),
	v2("", "PARAM_ERROR", "参数错误"),
	v2("", "INVALID_REQUEST", "参数错误"),
	v2("", "NOAUTH", "商户无权限"),
	v2("", "SIGNERROR", "签名错误"),
	v2("", "APPID_NOT_EXIST", "APPID不存在"),
	v2("", "MCHID_NOT_EXIST", "MCHID不存在"),
	v2("", "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"),
	v2("", "FREQUENCY_LIMITED", "频率限制"),

	// Orders.
	v2("/pay/unifiedorder", "NOTENOUGH", "用户帐号余额不足"),
	v2("/pay/unifiedorder", "OUT_TRADE_NO_USED", "商户订单号重复"),
	v2("/pay/*", "ORDERPAID", "商户订单已支付"),
	v2("/pay/*", "ORDERCLOSED", "订单已关闭"),
	v2("/pay/*", "ORDERNOTEXIST", "此交易订单号不存在"),
	v2("/pay/micropay", "USERPAYING", "需要用户输入支付密码"),
	v2("/pay/micropay", "BANKERROR", "银行系统异常"),
	v2("/pay/micropay", "NOTENOUGH", "余额不足"),
	v2("/pay/micropay", "NOTSUPORTCARD", "不支持卡类型"),
	v2("/pay/micropay", "AUTHCODEEXPIRE", "二维码已过期，请用户在微信上刷新后再试"),
	v2("/pay/micropay", "AUTH_CODE_ERROR", "付款码参数错误"),
	v2("/pay/micropay", "AUTH_CODE_INVALID", "付款码检验错误"),
	v2("/pay/micropay", "BUYER_MISMATCH", "支付帐号错误"),
	v2("/pay/micropay", "TRADE_ERROR", "交易错误"),
	v2("/pay/micropay", "OUT_TRADE_NO_USED", "商户订单号重复"),
	v2("/secapi/pay/reverse", "REVERSE_EXPIRE", "订单无法撤销"),
	v2("/secapi/pay/reverse", "TRADE_ERROR", "业务错误"),

	// Refunds.
	v2("/secapi/pay/*", "NOTENOUGH", "余额不足"),
	v2("/secapi/pay/*", "BIZERR_NEED_RETRY", "退款业务流程错误，需要商户触发重试来解决"),
	v2("/secapi/pay/*", "TRADE_OVERDUE", "订单已经超过退款期限"),
	v2("/secapi/pay/*", "ERROR", "业务错误"),
	v2("/secapi/pay/*", "USER_ACCOUNT_ABNORMAL", "退款请求失败"),
	v2("/secapi/pay/*", "INVALID_REQ_TOO_MUCH", "无效请求过多"),
	v2("/secapi/pay/*", "INVALID_TRANSACTIONID", "无效transaction_id"),
	v2("/pay/refundquery", "REFUNDNOTEXIST", "退款订单查询失败"),

	// What is paid to users.
	v2("/mmpaymkttransfers/*", "NOTENOUGH", "帐号余额不足"),
	v2("/mmpaymkttransfers/*", "SEND_FAILED", "红包发放失败，请更换单号再重试"),
	v2("/mmpaymkttransfers/*", "SENDNUM_LIMIT", "该用户今日领取红包个数超过限制"),
	v2("/mmpaymkttransfers/*", "FREQ_LIMIT", "超过频率限制，请稍后再试"),
	v2("/mmpaymkttransfers/*", "V2_ACCOUNT_SIMPLE_BAN", "无法给非实名用户付款"),
	v2("/mmpaymkttransfers/*", "NAME_MISMATCH", "付款人姓名校验出错"),
	v2("/mmpaymkttransfers/*", "OPENID_ERROR", "openid和appid不匹配"),
	v2("/mmpaymkttransfers/*", "AMOUNT_LIMIT", "金额超限"),
	v2("/mmpaymkttransfers/*", "NOT_FOUND", "指定单号数据不存在"),

	// Contracts.
	v2("/pay/pappayapply", "CONTRACT_NOT_EXIST", "协议不存在"),
	v2("/pay/pappayapply", "RULELIMIT", "不符合扣款规则"),
	v2("/pay/pappayapply", "BANKERROR", "银行系统异常"),
}
