package sandbox_test

func transferScenes() []scene {
	const (
		bills    = "/v3/fund-app/mch-transfer/transfer-bills"
		receipts = "/v3/fund-app/mch-transfer/elecsign"
	)
	reported := values{"user_recv_perception": "现金奖励", "transfer_scene_report_infos": []any{
		map[string]any{"info_type": "活动名称", "info_content": "新会员有礼"}, map[string]any{"info_type": "奖励说明", "info_content": "注册会员抽奖"},
	}}
	made := calls("POST " + bills)
	taken := and(made, step{call: "transfers/confirm"})
	return []scene{
		{endpoints: []string{"POST " + bills}, values: reported},
		{
			endpoints: []string{"GET " + bills + "/out-bill-no/*", "GET " + bills + "/transfer-bill-no/*", "POST " + bills + "/out-bill-no/*"},
			before:    made, values: reported,
		},
		{endpoints: []string{"POST " + receipts + "/*"}, before: taken, values: reported},
		{
			endpoints: []string{"GET " + receipts + "/*"},
			before:    and(taken, calls("POST "+receipts+"/out-bill-no", "POST "+receipts+"/transfer-bill-no")...), values: reported,
		},
	}
}

func batchScenes() []scene {
	const (
		batches = "/v3/transfer/batches"
		receipt = "/v3/transfer/bill-receipt"
		detail  = "/v3/transfer-detail/electronic-receipts"
	)
	made := calls("POST " + batches)
	listed := and(made, step{"GET " + batches + "/out-batch-no/{out_batch_no}", values{"need_query_detail": true}})
	return []scene{
		{endpoints: []string{"POST " + batches}},
		{endpoints: []string{"GET " + batches + "/*"}, before: listed},
		{endpoints: []string{"POST " + receipt, "POST " + detail}, before: made},
		{endpoints: []string{"GET " + receipt + "/*"}, before: and(made, step{call: "POST " + receipt})},
		{endpoints: []string{"GET " + detail}, before: and(made, step{call: "POST " + detail})},
	}
}
