package v2pay

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Notice is a notification in XML. Who sends it adds nonce_str, and what proves where it is
// from: the sign, or of a refund the encryption of what it tells.
type Notice struct {
	Digest    signer.Digest
	Params    []signer.Param
	Encrypted []signer.Param // what becomes req_info; nil for what is signed
}

// Notice returns an event of v3 as a notification in XML, or nil if what it tells of was made by v3.
func (b *Book) Notice(caller string, e play.Event) *Notice {
	data, err := json.Marshal(e.Resource)
	if err != nil {
		return nil
	}
	resource, err := play.ParseObject(data)
	if err != nil {
		return nil
	}
	switch {
	case e.Type == "TRANSACTION.SUCCESS":
		if as := b.toldOf(caller, anOrder, resource.Text("out_trade_no")); as != nil {
			return as.paid(resource)
		}
	case strings.HasPrefix(e.Type, "REFUND."):
		if as := b.toldOf(caller, aRefund, resource.Text("out_refund_no")); as != nil {
			return as.refunded(resource)
		}
	case strings.HasPrefix(e.Type, "ENTRUST."):
		number := contractNumber(resource.Int("plan_id"), resource.Text("out_contract_code"))
		if as := b.toldOf(caller, aContract, number); as != nil {
			return as.contracted(resource)
		}
	}
	return nil
}

// paid tells of an order.
func (as *told) paid(resource play.Object) *Notice {
	o := view(resource).With(as.Fields, play.Object{"return_code": "SUCCESS", "result_code": "SUCCESS"})
	return &Notice{Digest: as.Digest, Params: params(o)}
}

// refunded tells of a refund. Its field refund_recv_accout is misspelt at WeChat Pay too.
func (as *told) refunded(resource play.Object) *Notice {
	refund := resource.Object("amount").Int("refund")
	o := resource.Only("transaction_id", "out_trade_no", "refund_id", "out_refund_no").With(play.Object{
		"total_fee": resource.Int("amount.total"), "settlement_total_fee": resource.Int("amount.total"),
		"refund_fee": refund, "settlement_refund_fee": refund, "cash_refund_fee": refund,
		"refund_status": states[resource.Text("refund_status")], "refund_recv_accout": resource["user_received_account"],
		"refund_account": "REFUND_SOURCE_RECHARGE_FUNDS", "refund_request_source": "API",
	})
	if at := resource.Text("success_time"); at != "" {
		o["success_time"] = inDigits(at, spacedTime)
	}
	head := as.Fields.Only("appid", "mch_id", "sub_appid", "sub_mch_id").With(play.Object{"return_code": "SUCCESS"})
	return &Notice{Digest: as.Digest, Params: params(head), Encrypted: params(o)}
}

// contracted tells of a contract that was signed, or ended.
func (as *told) contracted(resource play.Object) *Notice {
	v := contractView(resource)
	o := v.Only("contract_id", "plan_id", "contract_code", "openid").With(as.Fields.Only("mch_id", "request_serial"), play.Object{
		"return_code": "SUCCESS", "result_code": "SUCCESS", "change_type": "ADD", "operate_time": v["contract_signed_time"],
		"contract_expired_time": v["contract_expired_time"],
	})
	if v.Int("contract_state") != 0 {
		o["change_type"], o["operate_time"], o["contract_termination_mode"] = "DELETE", v["contract_terminated_time"], v["contract_termination_mode"]
	}
	return &Notice{Digest: as.Digest, Params: params(o)}
}

// params returns the values of an object, sorted by name.
func params(o play.Object) []signer.Param {
	list := make([]signer.Param, 0, len(o))
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if text := wire.Text(o[name]); text != "" {
			list = append(list, signer.Param{Name: name, Value: text})
		}
	}
	return list
}
