package notify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
)

// The event types of APIv2. Its notifications have none: they are told apart by their fields,
// and named after those of v3. A state that is not listed stands at the end of the type as it
// was sent, such as V2.TRANSACTION.ACCEPT for a deduction that is not made yet.
const (
	// TransactionSuccessV2 is a payment or a deduction by contract that was made: its
	// return_code, its result_code and, if it has one, its trade_state say so. Its original
	// type is the trade_type, such as JSAPI, or PAP for a deduction. See [TransactionV2].
	//
	// https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_7&index=8
	TransactionSuccessV2 = "V2.TRANSACTION.SUCCESS"
	// TransactionFailV2 is a payment or a deduction that failed.
	//
	// https://pay.weixin.qq.com/wiki/doc/api/pap.php?chapter=18_7&index=10
	TransactionFailV2 = "V2.TRANSACTION.FAIL"
	// CombineSuccessV2 is a combined payment that was made; its orders are the JSON text
	// sub_order_list.
	//
	// https://pay.weixin.qq.com/wiki/doc/api/combine.php?chapter=24_4&index=5
	CombineSuccessV2 = "V2.COMBINE.SUCCESS"
	// CombineFailV2 is a combined payment that failed.
	CombineFailV2 = "V2.COMBINE.FAIL"
	// RefundSuccessV2 is a refund that was made. The notifications of refunds are not signed:
	// query the refund before you rely on one. See [RefundV2].
	//
	// https://pay.weixin.qq.com/doc/v2/merchant/4011936663
	RefundSuccessV2 = "V2.REFUND.SUCCESS"
	// RefundClosedV2 is a refund that was closed (refund_status REFUNDCLOSE).
	RefundClosedV2 = "V2.REFUND.CLOSED"
	// RefundAbnormalV2 is a refund that did not reach the payer (refund_status CHANGE).
	RefundAbnormalV2 = "V2.REFUND.ABNORMAL"
	// ContractAddV2 is a contract of deductions that was signed. See [ContractV2].
	//
	// https://pay.weixin.qq.com/wiki/doc/api/wxpay_v2/papay/chapter3_6.shtml
	ContractAddV2 = "V2.CONTRACT.ADD"
	// ContractDeleteV2 is a contract of deductions that was terminated.
	ContractDeleteV2 = "V2.CONTRACT.DELETE"
	// VehicleNormalV2 is a plate number that can be charged again while it is parked.
	//
	// https://pay.weixin.qq.com/wiki/doc/api/vehicle_v2.php?chapter=20_912&index=12
	VehicleNormalV2 = "V2.VEHICLE.NORMAL"
	// VehicleBlockedV2 is a plate number that cannot be charged any more.
	VehicleBlockedV2 = "V2.VEHICLE.BLOCKED"
	// RiskV2 is a list of payments with a risk, for banks; transaction_id_list is a JSON text.
	//
	// https://pay.weixin.qq.com/wiki/doc/api/mch_bank.php?chapter=9_292
	RiskV2 = "V2.RISK"
	// EventCheckSuccessV2 is an order of the payment score, such as a rental, that a payer
	// confirmed. It has an encrypted part, for which Config.APIv3Key is needed, as all types
	// that begin with V2.EVENT.
	//
	// https://pay.weixin.qq.com/wiki/doc/apiv3/payscore.php?chapter=18_7&index=7
	EventCheckSuccessV2 = "V2.EVENT.CHECK.SUCCESS"
	// EventCheckFailV2 is an order of the payment score that a payer did not confirm.
	EventCheckFailV2 = "V2.EVENT.CHECK.FAIL"
	// EventTransactionSuccessV2 is an order of the payment score that was paid.
	//
	// https://pay.weixin.qq.com/wiki/doc/apiv3/payscore.php?chapter=18_8&index=8
	EventTransactionSuccessV2 = "V2.EVENT.TRANSACTION.SUCCESS"
	// EventTransactionFailV2 is an order of the payment score whose payment failed.
	EventTransactionFailV2 = "V2.EVENT.TRANSACTION.FAIL"
	// UnknownV2 is any other notification. It is signed, unless it is of a refund.
	UnknownV2 = "V2.UNKNOWN"
)

// eventV2 returns the event that a resource tells, of which the element encrypted was
// decrypted.
func eventV2(encrypted string, resource []byte) *Event {
	e := &Event{Version: 2, plaintext: func() []byte { return resource }}
	get := func(name string) string { return gjson.GetBytes(resource, name).Str }
	switch {
	case encrypted == reqInfo:
		e.EventType = typeV2("REFUND", refundState(get("refund_status")))
		e.ID, e.CreateTime = cmp.Or(get("refund_id"), numberOf(get, "out_refund_no")), get("success_time")
	case encrypted == eventCiphertext:
		e.EventType = typeV2("EVENT", get("event_type"))
		e.ID, e.CreateTime = get("event_id"), get("event_create_time")
	case get("change_type") != "":
		e.EventType = typeV2("CONTRACT", get("change_type"))
		e.ID, e.CreateTime = get("contract_id"), get("operate_time")
	case get("vehicle_event_type") != "":
		e.EventType = typeV2("VEHICLE", get("vehicle_event_type"))
		e.CreateTime = get("vehicle_event_createtime")
		sum := sha256.Sum256([]byte(get("plate_number") + " " + e.CreateTime)) // whose it is stays out of logs
		e.ID = hex.EncodeToString(sum[:16])
	case get("transaction_id_list") != "":
		e.EventType, e.ID = RiskV2, get("event_code")
	case get("combine_out_trade_no") != "":
		e.EventType, e.OriginalType = typeV2("COMBINE", paymentState(get)), get("trade_type")
		e.ID = numberOf(get, "combine_out_trade_no")
	case get("out_trade_no") != "":
		e.EventType, e.OriginalType = typeV2("TRANSACTION", paymentState(get)), get("trade_type")
		e.ID, e.CreateTime = cmp.Or(get("transaction_id"), numberOf(get, "out_trade_no")), get("time_end")
	default:
		e.EventType = UnknownV2
	}
	e.Created, _ = parseTime(e.CreateTime)
	return e
}

func typeV2(kind, state string) string {
	if state == "" {
		return UnknownV2
	}
	return "V2." + kind + "." + state
}

// refundState returns the state of a refund by its name in v3.
func refundState(status string) string {
	switch status {
	case "REFUNDCLOSE":
		return "CLOSED"
	case "CHANGE":
		return "ABNORMAL"
	}
	return status
}

// paymentState returns SUCCESS only if all fields say so, and FAIL only if none says that the
// payment may still be made.
func paymentState(get func(name string) string) string {
	switch state := get("trade_state"); state {
	case "", apiv2.Success:
		if get("return_code") == apiv2.Success && get("result_code") == apiv2.Success {
			return apiv2.Success
		}
		return apiv2.Fail
	case "PAY_FAIL", "PAYERROR":
		return apiv2.Fail
	default:
		return state
	}
}

// numberOf returns a number of the merchant, which is unique among the numbers of one merchant
// only.
func numberOf(get func(name string) string, name string) string {
	number := get(name)
	if number == "" {
		return ""
	}
	merchant := cmp.Or(get("sub_mch_id"), get("mch_id"), get("combine_mch_id"))
	return merchant + "/" + number
}
