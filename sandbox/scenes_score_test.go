package sandbox_test

import "strings"

// user authorizes services and signs contracts.
const user = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"

var ofUser = values{"openid": user, "sub_openid": nil}

func authorized(base string) []step {
	return []step{{call: "POST " + base + "/permissions"}, {"payscore/authorize", values{"openid": user}}}
}

// serviceScenes are of the orders of payment score that a merchant and a partner have alike: the
// user authorized the service, which costs 90 and is over.
func serviceScenes(base string) []scene {
	one := base + "/serviceorder/{out_order_no}"
	create, complete := step{call: "POST " + base + "/serviceorder"}, step{call: "POST " + one + "/complete"}
	service := ofUser.with(values{
		"risk_fund.name": "DEPOSIT", "risk_fund.amount": 1000, "end_time": "20180608103456", "query_id": nil,
		"post_payments.amount": 100, "post_discounts.amount": 10, "total_amount": 90,
		"type": "Order_Paid", "paid_time": "20180608103456", "paid_amount": 90,
	})
	create.values, complete.values = service, service
	begun := and(authorized(base), create)
	return []scene{
		{
			endpoints: []string{create.call, create.call + "/direct-complete", "POST " + base + "/servicepayondeliveryorder"},
			before:    authorized(base), values: service,
		},
		{
			endpoints: []string{strings.Replace(create.call, "POST", "GET", 1), "POST " + one + "/cancel", complete.call, "POST " + one + "/send-*"},
			before:    begun, values: service,
		},
		{
			endpoints: []string{"POST " + one + "/modify"},
			before:    and(begun, complete), values: service.with(values{"post_payments.amount": 50, "total_amount": 40}),
		},
		{endpoints: []string{"POST " + one + "/*"}, before: and(begun, complete), values: service},
	}
}

func permissionScenes() []scene {
	const direct, partner = "/v3/payscore", "/v3/payscore/partner"
	return []scene{
		{endpoints: []string{"POST " + direct + "/permissions", "POST " + partner + "/permissions", "POST " + partner + "/permissions/apply-for-scene"}},
		{
			endpoints: []string{"* " + direct + "/permissions*", "POST " + direct + "/users/*/permissions/*", "GET " + direct + "/user-service-state"},
			before:    authorized(direct), values: ofUser,
		},
		{endpoints: []string{"* " + partner + "/permissions*"}, before: authorized(partner), values: ofUser},
	}
}
