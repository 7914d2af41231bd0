package openapi_test

import (
	"fmt"

	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func ExampleLookup() {
	e, ok := openapi.Lookup("POST", "v3/refund/domestic/refunds")
	fmt.Println(e.Title, ok)
	// Output: 申请退款 true
}

func ExampleSuggest() {
	fmt.Println(openapi.Suggest("GET", "v3/certificate"))
	// Output: did you mean GET v3/certificates?
}

func ExampleLookup_query() {
	query, ok := catalogue.QueryOf("v3/refund/domestic/refunds") // whether a refund took effect
	fmt.Println(query.Ask, query.Number, ok)
	// Output: v3/refund/domestic/refunds/{out_refund_no} out_refund_no true
}
