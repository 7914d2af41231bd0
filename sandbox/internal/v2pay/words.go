package v2pay

import (
	"errors"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// codes are those of APIv2 for the codes of v3.
var codes = map[string]string{
	"ORDER_NOT_EXIST": "ORDERNOTEXIST", "ORDERPAID": "ORDERPAID", "ORDER_CLOSED": "ORDERCLOSED", "NOT_ENOUGH": "NOTENOUGH",
	"RESOURCE_NOT_EXISTS": "ORDERNOTEXIST", "SYSTEM_ERROR": "SYSTEMERROR",
}

// byMessage are the codes of refusals that have one of their own in APIv2.
var byMessage = map[string]string{
	"商户订单号已存在，且参数不一致":                      "OUT_TRADE_NO_USED",
	"订单号已使用且参数不一致（268498688）":              "OUT_TRADE_NO_USED",
	"订单金额或退款金额与之前请求不一致，请核实后再试":             "REFUND_FEE_MISMATCH",
	"订单已超过可退款的最大期限":                        "TRADE_OVERDUE",
	"订单超过 7 天，不能撤销":                        "REVERSE_EXPIRE",
	"付款码应为 18 位数字，以 10 到 15 开头":            "AUTH_CODE_INVALID",
	"退款单不存在":                               "REFUNDNOTEXIST",
	"协议不存在":                                "CONTRACT_NOT_EXIST",
	"协议不是签约状态":                             "CONTRACT_NOT_EXIST",
	"transaction_id 和 out_trade_no 不是同一订单": "INVALID_TRANSACTIONID",
}

// names are those of the fields of APIv2 for those of v3.
var names = map[string]string{
	"description": "body", "total": "total_fee", "refund": "refund_fee", "reason": "refund_desc", "payer_client_ip": "spbill_create_ip",
	"sp_openid": "openid", "sub_mchid": "sub_mch_id", "mchid": "mch_id", "sp_mchid": "mch_id", "currency": "fee_type",
	"out_contract_code": "contract_code", "contract_notify_url": "notify_url", "transaction_notify_url": "notify_url",
}

// inWords returns a refusal of v3 as APIv2 has it.
func inWords(err error) error {
	var refusal *play.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	issue, isField := refusal.Detail["issue"].(string)
	if !isField {
		issue = refusal.Message
	}
	if code := byMessage[issue]; code != "" {
		return play.Refuse(http.StatusOK, code, issue)
	}
	if isField {
		field, _ := refusal.Detail["field"].(string)
		field = field[strings.LastIndexByte(field, '/')+1:]
		if name := names[field]; name != "" {
			field = name
		}
		return wire.ParamError(field, issue)
	}
	code := refusal.Code
	if known := codes[code]; known != "" {
		code = known
	}
	return play.Refuse(http.StatusOK, code, refusal.Message)
}
