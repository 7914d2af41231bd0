package sandbox_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"
)

func TestPrepayChecksItsFields(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(map[string]any)
		field  string
	}{
		{"missing", func(b map[string]any) { delete(b, "appid") }, "/appid"},
		{"empty", func(b map[string]any) { b["notify_url"] = "" }, "/notify_url"},
		{"missing inside", func(b map[string]any) { b["amount"] = map[string]any{} }, "/amount/total"},
		{"string for a number", func(b map[string]any) { b["amount"] = map[string]any{"total": "100"} }, "/amount/total"},
		{"number for a string", func(b map[string]any) { b["out_trade_no"] = 12 }, "/out_trade_no"},
		{"number for a bool", func(b map[string]any) { b["support_fapiao"] = 1 }, "/support_fapiao"},
		{"null", func(b map[string]any) { b["attach"] = nil }, "/attach"},
		{"list for an object", func(b map[string]any) { b["payer"] = []any{} }, "/payer"},
		{"object for a list", func(b map[string]any) { b["detail"] = map[string]any{"goods_detail": map[string]any{}} }, "/detail/goods_detail"},
		{"required of an optional", func(b map[string]any) { b["detail"] = map[string]any{} }, "/detail/goods_detail"},
		{"wrong in a list", func(b map[string]any) {
			b["detail"] = map[string]any{"goods_detail": []any{
				map[string]any{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1},
				map[string]any{"merchant_goods_id": "1", "quantity": "1", "unit_price": 1},
			}}
		}, "/detail/goods_detail/1/quantity"},
		{"another merchant", func(b map[string]any) { b["mchid"] = "1" }, "/mchid"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, body := newMerchant(t, gateway()).call("POST", prepayPath, prepayBody("fields", tc.change))
			assert.Equal(t, 400, resp.StatusCode)
			assert.Equal(t, "PARAM_ERROR", gjson.Get(body, "code").String())
			assert.Equal(t, tc.field, gjson.Get(body, "detail.field").String(), body)
		})
	}
}

func TestPrepayRefusesOtherBodies(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, body string }{
		{"empty", ""}, {"null", "null"}, {"list", "[]"}, {"truncated", "{"}, {"two objects", "{}{}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, body := newMerchant(t, gateway()).call("POST", prepayPath, tc.body)
			assert.Equal(t, 400, resp.StatusCode)
			assert.Equal(t, "PARAM_ERROR", gjson.Get(body, "code").Str, body)
		})
	}
}
