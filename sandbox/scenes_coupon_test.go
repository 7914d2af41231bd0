package sandbox_test

// couponScenes are of product coupons, with images that were uploaded.
func couponScenes() []scene {
	const (
		products = coupons + "product-coupons"
		product  = products + "/{product_coupon_id}"
		bundles  = product + "/stock-bundles"
		stock    = product + "/stocks/{stock_id}"
		held     = coupons + "users/{openid}/coupons"
		one      = held + "/{coupon_code}"
	)
	numbered := func(number string) values { return values{"out_request_no": number} }
	anyTime := numbered("walked").with(values{
		"image_url": "{image_url}", "background_url": "{image_url}", "detail_image_url_list": nil, "discount_coupon": nil, "exchange_coupon": nil,
		"available_days": nil, "wait_days_after_receive": nil, "irregular_available_period_list": nil, "weekly_available_period": nil,
		"current_max_count": 100,
	})
	single := anyTime.with(values{
		"stock_bundle": nil, "progressive_bundle_usage_info": nil, "single_usage_rule.normal_coupon": nil,
		"associated_pay_score_order_info": nil, "user_coupon_bundle_id": nil, "stock_bundle_id": nil, "state": nil,
	})
	round := map[string]any{"threshold": 10, "discount_amount": 10}
	inRounds := anyTime.with(values{
		"usage_mode": "PROGRESSIVE_BUNDLE", "stock": nil, "single_usage_info": nil, "progressive_bundle_usage_info": map[string]any{"count": 3},
		"discount_coupon_list": nil, "exchange_coupon_list": nil, "normal_coupon_list": []any{round, round, round},
	})
	inStores := values{"store_scope": "SPECIFIC"}

	created := []step{{call: "POST " + coupons + "media/upload-image"}, {"POST " + products, numbered("creating")}}
	sent := and(created, step{call: "POST " + held})
	confirmed := and(sent, step{"POST " + one + "/confirm", numbered("confirming")})
	used := and(confirmed, step{"POST " + one + "/use", numbered("using1")})
	return []scene{
		{endpoints: []string{"* " + coupons + "notify-configs"}, before: calls("POST " + coupons + "notify-configs")},
		{endpoints: []string{"POST " + products}, before: created[:1], values: single},
		{endpoints: []string{"* " + bundles + "/*stores"}, before: created, values: inRounds.with(inStores)},
		{endpoints: []string{"* " + bundles + "*"}, before: created, values: inRounds},
		{endpoints: []string{"* " + stock + "/*stores"}, before: created, values: single.with(inStores)},
		{endpoints: []string{"POST " + stock + "/upload-coupon-codes"}, before: created, values: single.with(values{"coupon_code_mode": "UPLOAD"})},
		{endpoints: []string{"* " + product + "*", "POST " + held, "POST *pre-send-coupon"}, before: created, values: single},
		{endpoints: []string{"POST " + one + "/use"}, before: confirmed, values: single},
		{endpoints: []string{"POST " + one + "/return"}, before: used, values: single},
		{endpoints: []string{"* " + held + "*"}, before: sent, values: single},
	}
}
