package openapi_test

import (
	"testing"

	"github.com/wechatpay-chain/wechatpay/openapi"
)

func BenchmarkChain(b *testing.B) {
	c, _ := client(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		node = openapi.V3(c).Marketing().Busifavor().Users("oUpF8").Coupons().CouponCode("1").AppIDs("wxd678")
	}
}

func BenchmarkMap(b *testing.B) {
	c, _ := client(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		chain = openapi.Map(c)["v3/certificates"]
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := openapi.Lookup("GET", "v3/pay/transactions/id/1217752501201407033233368018"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if openapi.Suggest("POST", "v3/pay/transaction/jsapi") == "" {
			b.Fatal("nothing suggested")
		}
	}
}
