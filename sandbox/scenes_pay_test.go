package sandbox_test

const (
	direct   = "/v3/pay/transactions"
	partner  = "/v3/pay/partner/transactions"
	combined = "/v3/combine-transactions"
)

var (
	paid        = calls("POST "+direct+"/jsapi", "pay")
	paidPartner = calls("POST "+partner+"/jsapi", "pay")
)

func paymentScenes() []scene {
	const (
		number  = "/out-trade-no/{out_trade_no}"
		refunds = "/v3/refund/domestic/refunds"
	)
	code := values{"auth_code": "130061098828009406"}
	return []scene{
		{endpoints: []string{"GET " + direct + "/*"}, before: paid},
		{endpoints: []string{"GET " + partner + "/*"}, before: paidPartner},
		{endpoints: []string{"POST " + direct + number + "/close"}, before: calls("POST " + direct + "/jsapi")},
		{endpoints: []string{"POST " + partner + number + "/close"}, before: calls("POST " + partner + "/jsapi")},
		{endpoints: []string{"POST " + direct + number + "/reverse"}, before: calls("POST " + direct + "/codepay"), values: code},
		{endpoints: []string{"POST " + partner + number + "/reverse"}, before: calls("POST " + partner + "/codepay"), values: code},
		{endpoints: []string{"POST " + direct + "/*", "POST " + partner + "/*"}, values: code},

		{
			endpoints: []string{"GET " + combined + "/*"},
			before:    []step{{call: "POST " + combined + "/jsapi"}, {"pay", values{"out_trade_no": "{combine_out_trade_no}"}}},
		},
		{endpoints: []string{"POST " + combined + "/out-trade-no/*/close"}, before: calls("POST " + combined + "/jsapi")},
		{endpoints: []string{"POST " + combined + "/*"}},

		{endpoints: []string{"POST " + refunds}, before: paidPartner},
		{endpoints: []string{"GET " + refunds + "/*"}, before: and(paidPartner, step{call: "POST " + refunds})},
		{
			endpoints: []string{"POST " + refunds + "/{refund_id}/apply-abnormal-refund"},
			before:    and(paidPartner, step{call: "POST " + refunds}, step{"refunds/settle", values{"status": "ABNORMAL"}}),
		},
	}
}

// billScenes: the bill of a day is there on the next.
func billScenes() []scene {
	ended := and(paidPartner, later("48h"))
	return []scene{
		{endpoints: []string{"GET /v3/bill/*"}, before: ended},
		{
			endpoints: []string{"GET /v3/billdownload/file"},
			before:    and(ended, step{call: "GET /v3/bill/tradebill"}), values: values{"token": "{download_url?token}"},
		},
	}
}

// sharingScenes: money is shared a minute after the payment, in part, with a receiver that was
// added.
func sharingScenes() []scene {
	const sharing = "/v3/profitsharing"
	shareable := and(paidPartner, later("2m"), step{call: "POST " + sharing + "/receivers/add"})
	shared := and(shareable, step{call: "POST " + sharing + "/orders"})
	tenth := values{"account": "1900000201", "return_mchid": "1900000201", "amount": 10, "unfreeze_unsplit": false}
	return []scene{
		{
			endpoints: []string{"POST " + sharing + "/orders", "POST " + sharing + "/orders/unfreeze", "GET " + sharing + "/transactions/*"},
			before:    shareable, values: tenth,
		},
		{endpoints: []string{"GET " + sharing + "/orders/*", "POST " + sharing + "/return-orders"}, before: shared, values: tenth},
		{
			endpoints: []string{"GET " + sharing + "/return-orders/*"},
			before:    and(shared, step{call: "POST " + sharing + "/return-orders"}), values: tenth,
		},
		{endpoints: []string{"POST " + sharing + "/receivers/delete"}, before: calls("POST " + sharing + "/receivers/add"), values: tenth},
		{endpoints: []string{"POST " + sharing + "/receivers/add", "GET " + sharing + "/merchant-configs/*"}, values: tenth},
	}
}

// complaintScenes: a payer asks for a refund, and somebody is to answer at once.
func complaintScenes() []scene {
	const service = "/v3/merchant-service/"
	complaint := step{"complaints", values{"text": "没有收到", "type": "REFUND", "amount": 100, "immediate": true}}
	return []scene{
		{endpoints: []string{"* " + service + "complaint-notifications"}, before: calls("POST " + service + "complaint-notifications")},
		{
			endpoints: []string{"* " + service + "complaints-v2*"},
			before:    and(paid, step{call: "POST " + service + "images/upload"}, complaint),
			values: values{
				"complainted_mchid": "{mchid}", "jump_url_text": "查看详情",
				"response_images": []any{"{media_id}"}, "reject_media_list": []any{"{media_id}"}, "image.media_id": "{media_id}",
			},
		},
	}
}
