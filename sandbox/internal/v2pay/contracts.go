package v2pay

import (
	"encoding/json"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
)

// The paths of v3.
const (
	presigns  = "/v3/papay/sign/contracts/pre-entrust-sign"
	contracts = "/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}"
)

// presign leads a user to a contract; what the user does there, the control API plays.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011986804
func (b *Book) presign(c *Call) (play.Object, error) {
	in := c.Body
	plan, err := planID(in)
	if err != nil {
		return nil, err
	}
	body := in.Only("appid", "contract_display_account").With(play.Object{
		"mchid": c.Caller, "plan_id": json.Number(strconv.FormatInt(plan, 10)), "out_contract_code": in["contract_code"], "contract_notify_url": in["notify_url"],
	})
	reply, err := b.telling(c, aContract, contractNumber(plan, in.Text("contract_code")), func() (play.Object, error) {
		return b.ask(c, "POST "+presigns, nil, nil, body)
	})
	if err != nil {
		return nil, err
	}
	return reply.Only("pre_entrustweb_id", "redirect_url").With(play.Object{
		"miniprogram_username": reply["mini_program_username"], "miniprogram_path": reply["mini_program_path"],
	}), nil
}

func contractNumber(plan int64, code string) string { return strconv.FormatInt(plan, 10) + "/" + code }

// planID reads plan_id, which the pages call a number or a text.
func planID(in play.Object) (int64, error) {
	plan, err := strconv.ParseInt(wire.Text(in["plan_id"]), 10, 64)
	if err != nil {
		return 0, wire.ParamError("plan_id", "应为数字")
	}
	return plan, nil
}

// named returns the variables of the contract that a call names, by its contract_id or by
// plan_id and contract_code.
func (b *Book) named(c *Call) (map[string]string, error) {
	if id := c.Body.Text("contract_id"); id != "" {
		plan, code, ok := b.contract.ByID(c.Caller, id)
		if !ok {
			return nil, refuse("CONTRACT_NOT_EXIST", "协议不存在")
		}
		return map[string]string{"plan_id": strconv.FormatInt(plan, 10), "out_contract_code": code}, nil
	}
	if !c.Body.Has("contract_code") {
		return nil, wire.ParamError("contract_id", "contract_id 或 plan_id 和 contract_code 必填其一")
	}
	plan, err := planID(c.Body)
	return map[string]string{"plan_id": strconv.FormatInt(plan, 10), "out_contract_code": c.Body.Text("contract_code")}, err
}

// queryContract is papay/querycontract.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011987640
func (b *Book) queryContract(c *Call) (play.Object, error) {
	vars, err := b.named(c)
	if err != nil {
		return nil, err
	}
	reply, err := b.ask(c, "GET "+contracts, vars, nil, nil)
	if err != nil {
		return nil, err
	}
	return contractView(reply), nil
}

// modes are the numbers of contract_termination_mode.
var modes = map[string]int{"SYSTEM_TERMINATE": 1, "USER_TERMINATE": 2, "MCH_API_TERMINATE": 3}

const spacedTime = "2006-01-02 15:04:05"

// contractView is a contract of v3 in the words of APIv2: its state is 0 while it is signed.
func contractView(contract play.Object) play.Object {
	o := contract.Only("contract_id", "plan_id", "contract_display_account", "openid").With(play.Object{
		"contract_code": contract["out_contract_code"], "contract_state": 1,
		"contract_signed_time":  inDigits(contract.Text("contract_signed_time"), spacedTime),
		"contract_expired_time": inDigits(contract.Text("contract_expired_time"), spacedTime),
	})
	if contract.Text("contract_state") == "SIGNED" {
		o["contract_state"] = 0
	}
	if end := contract.Object("contract_terminate_info"); end != nil {
		o["contract_terminated_time"] = inDigits(end.Text("contract_terminated_time"), spacedTime)
		o["contract_termination_mode"] = modes[end.Text("contract_termination_mode")]
		o["contract_termination_remark"] = end.Text("contract_termination_remark")
	}
	return o
}

// deleteContract is papay/deletecontract.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011987432
func (b *Book) deleteContract(c *Call) (play.Object, error) {
	vars, err := b.named(c)
	if err != nil {
		return nil, err
	}
	reply, err := b.ask(c, "POST "+contracts+"/terminate", vars, nil, c.Body.Only("contract_termination_remark"))
	if err != nil {
		return nil, err
	}
	return contractView(reply).Only("contract_id", "plan_id", "contract_code"), nil
}

// deduct is pay/pappayapply. It is accepted then; how it ends, the control API plays.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011987377
func (b *Book) deduct(c *Call) (play.Object, error) {
	in := c.Body
	body := in.Only("appid", "out_trade_no", "attach", "contract_id").With(play.Object{
		"mchid": c.Caller, "description": in["body"], "transaction_notify_url": in["notify_url"],
		"amount": play.Object{"total": in["total_fee"], "currency": "CNY"},
	})
	_, err := b.telling(c, anOrder, in.Text("out_trade_no"), func() (play.Object, error) {
		return b.ask(c, "POST /v3/papay/pay/transactions/apply", nil, nil, body)
	})
	return play.Object{}, err
}

// queryDeduction is pay/paporderquery.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4013894074
func (b *Book) queryDeduction(c *Call) (play.Object, error) {
	order, err := b.contract.Deduction(c.Caller, c.Body.Text("out_trade_no"), c.Body.Text("transaction_id"))
	if err != nil {
		return nil, inWords(err)
	}
	return view(order).With(order.Only("trade_state", "trade_state_desc")), nil
}
