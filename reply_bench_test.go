package wechatpay_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/ratio"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
)

// paidOrder is a reply of 1.1 KB.
const paidOrder = `{"appid":"wxd678efh567hg6787","mchid":"1230000109","out_trade_no":"1217752501201407033233368018",` +
	`"transaction_id":"1217752501201407033233368018","trade_type":"MICROPAY","trade_state":"SUCCESS","trade_state_desc":"支付成功",` +
	`"bank_type":"CMC","attach":"自定义数据","success_time":"2018-06-08T10:34:56+08:00","payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},` +
	`"amount":{"total":100,"payer_total":90,"currency":"CNY","payer_currency":"CNY"},"scene_info":{"device_id":"013467007045764"},` +
	`"promotion_detail":[{"coupon_id":"109519","name":"单品惠-6","scope":"GLOBAL","type":"CASH","amount":10,"stock_id":"931386",` +
	`"wechatpay_contribute":0,"merchant_contribute":10,"other_contribute":0,"currency":"CNY","goods_detail":[` +
	`{"goods_id":"M1006","quantity":1,"unit_price":100,"discount_amount":1,"goods_remark":"商品备注信息"},` +
	`{"goods_id":"M1007","quantity":1,"unit_price":100,"discount_amount":1,"goods_remark":"商品备注信息"}]}]}`

func typedReply(tb testing.TB, body string) *wechatpay.Reply[pay.TransactionsCodepayPostReply] {
	tb.Helper()
	c := answering(tb, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error { return s.Remove("verify") }
	}, func(r *http.Request) (*http.Response, error) { drain(r); return reply(200, body), nil })
	order, err := wechatpay.As[pay.TransactionsCodepayPostReply](c.Chain("v3/pay/transactions/codepay").Post(tb.Context(), nil))
	require.NoError(tb, err)
	return order
}

// BenchmarkReplyData compares a typed reply with encoding/json, into the same struct, and with the
// Get of one field.
func BenchmarkReplyData(b *testing.B) {
	order := typedReply(b, paidOrder)
	data := func() {
		if _, err := order.Data(); err != nil {
			b.Fatal(err)
		}
	}
	unmarshal := func() {
		var into pay.TransactionsCodepayPostReply
		if err := json.Unmarshal(order.Bytes(), &into); err != nil {
			b.Fatal(err)
		}
	}
	get := func() {
		if order.Get("promotion_detail.0.goods_detail.1.goods_id").String() == "" {
			b.Fatal()
		}
	}
	// A number in place of a string, and a string in place of a number, as WeChat Pay sends them.
	lenient := typedReply(b, strings.NewReplacer(`"013467007045764"`, "13467007045764", `:100,"payer_total"`, `:"100","payer_total"`).Replace(paidOrder))
	converts := func() {
		if _, err := lenient.Data(); err != nil {
			b.Fatal(err)
		}
	}
	for _, row := range []struct {
		name string
		run  func()
	}{{"Data", data}, {"Data that converts", converts}, {"Unmarshal", unmarshal}, {"Get", get}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row.run()
			}
		})
	}
	times := func(f func()) func() {
		return func() {
			for range 2000 {
				f()
			}
		}
	}
	b.Run("Data to Unmarshal", func(b *testing.B) { ratio.Report(b, "x-Unmarshal", times(data), times(unmarshal)) })
	b.Run("Data that converts to Unmarshal", func(b *testing.B) { ratio.Report(b, "x-Unmarshal", times(converts), times(unmarshal)) })
}

func TestAllocationsOfData(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	order := typedReply(t, paidOrder)
	got := testing.AllocsPerRun(100, func() {
		if _, err := order.Data(); err != nil {
			t.Error(err)
		}
	})
	t.Logf("%.0f allocations", got)
	assert.LessOrEqual(t, got, 8.0)
	data, err := order.Data()
	require.NoError(t, err)
	var want pay.TransactionsCodepayPostReply
	require.NoError(t, json.Unmarshal(order.Bytes(), &want))
	assert.Equal(t, want, data)
}
