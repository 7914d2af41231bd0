package sandbox_test

// contractScenes: a user signs, and the deductions of what is scheduled begin today.
func contractScenes() []scene {
	const (
		papay   = "/v3/papay/"
		presign = "/contracts/pre-entrust-sign"
		apply   = "POST /v3/papay/pay/transactions/apply"
		byID    = "/schedules/contract-id/{contract_id}/schedule"
		period  = "insurance-pay/policy-periods/contract-id/{contract_id}/policy-period-id/{policy_period_id}/schedule"
	)
	today := values{"estimated_deduct_date": "2018-06-08", "policy_period_id": 1}
	sign := step{call: "contracts/sign"}
	plainly := and(calls("POST "+papay+"sign"+presign), sign)
	scheduled := and(calls("POST "+papay+"scheduled-deduct-sign"+presign+"/app"), sign)
	ofPartner := and(calls("POST "+papay+"scheduled-deduct-sign/partner"+presign+"/app"), step{sign.call, values{"openid": "{sp_openid}"}})
	insured := []step{{"POST " + papay + "insurance-sign" + presign + "/app", today.with(values{"out_trade_no": "signing1"})}, sign}
	return []scene{
		{endpoints: []string{"POST " + papay + "*" + presign + "*"}, values: today},
		{endpoints: []string{apply}, before: and(scheduled, step{call: "POST " + papay + "pay" + byID}), values: today},
		{
			endpoints: []string{"POST " + papay + "pay/partner/transactions/apply"},
			before:    and(ofPartner, step{call: "POST " + papay + "pay/partner" + byID}), values: today,
		},
		{
			endpoints: []string{"POST " + papay + "insurance-pay/transactions/apply"},
			before:    and(insured, step{call: "POST " + papay + period}), values: today.with(values{"out_trade_no": "paying1"}),
		},
		{endpoints: []string{"POST " + papay + "*/renew"}, before: and(insured, later("240h")), values: values{"policy_period_id": 2}},
		{endpoints: []string{"* " + papay + "insurance-*"}, before: insured, values: today},
		{endpoints: []string{"* " + papay + "pay/schedules/*"}, before: scheduled, values: today},
		{
			endpoints: []string{"* " + papay + "pay/partner/*", "* " + papay + "sign/partner/*", "* /v3/partner-papay/*"},
			before:    ofPartner, values: today,
		},
		{endpoints: []string{"* " + papay + "*"}, before: plainly},
	}
}
