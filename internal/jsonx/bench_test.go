package jsonx_test

import (
	"testing"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

type benchAmount struct {
	Total    int64  `json:"total"`
	Currency string `json:"currency,omitempty"`
}

type benchOrder struct {
	OutTradeNo string       `json:"out_trade_no"`
	Amount     benchAmount  `json:"amount"`
	Payer      *benchAmount `json:"payer,omitempty"`
	Goods      []benchGoods `json:"goods"`
}

type benchGoods struct {
	ID    string `json:"id"`
	Price int64  `json:"price"`
}

type benchTimes struct {
	Order benchOrder `json:"order"`
	At    *time.Time `json:"at,omitempty"`
	Any   any        `json:"any,omitempty"`
}

func BenchmarkBody(b *testing.B) {
	order := benchOrder{OutTradeNo: "1217752501201407033233368018", Amount: benchAmount{100, "CNY"}, Goods: []benchGoods{{"1", 1}, {"2", 2}}}
	at := time.Date(2018, 6, 8, 2, 34, 56, 0, time.UTC)
	for _, row := range []struct {
		name string
		body any
	}{
		{"map", object{"out_trade_no": "1", "amount": object{"total": 100, "currency": "CNY"}, "goods": []any{object{"id": "1"}, object{"id": "2"}}}},
		{"struct", &order},
		{"struct with slots", &benchTimes{Order: order, Any: "x"}},
		{"struct with a time", &benchTimes{Order: order, At: &at}},
		{"map of structs", object{"a": order, "b": []benchOrder{order}}},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jsonx.Body(row.body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	data := []byte(`{"out_trade_no":"1","amount":{"total":100,"currency":"CNY"},"goods":[{"id":"1","price":1},{"id":"2","price":2}]}`)
	b.ReportAllocs()
	for b.Loop() {
		var order benchOrder
		if err := jsonx.Decode(data, &order); err != nil {
			b.Fatal(err)
		}
	}
}
