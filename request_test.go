package wechatpay_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A closeOrder is a struct as the generated ones are, for one endpoint.
type closeOrder struct {
	MchID string `json:"mchid"`
}

func (closeOrder) WechatpayEndpoints() []string {
	return []string{"POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close"}
}

func TestStructsOfOtherEndpointsAreRefused(t *testing.T) {
	c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s %s was sent", r.Method, r.URL)
		return nil, assert.AnError
	})
	const refusal = "a wechatpay_test.closeOrder is for POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close, not for "
	upload := media.Bytes("a.png", []byte("png"))
	upload.Meta = closeOrder{}
	for _, row := range []struct {
		name, method, path string
		opts               *wechatpay.Options
		want               string
	}{
		{"a body", "POST", "v3/pay/transactions/jsapi", &wechatpay.Options{JSON: closeOrder{}},
			"Options.JSON: " + refusal + "POST /v3/pay/transactions/jsapi; use the struct of this endpoint"},
		{"a query", "GET", "v3/pay/transactions/id/1", &wechatpay.Options{Query: closeOrder{}},
			"Options.Query: " + refusal + "GET /v3/pay/transactions/id/1; use the struct of this endpoint"},
		{"a method", "PUT", "v3/pay/transactions/out-trade-no/1/close", &wechatpay.Options{JSON: closeOrder{}},
			"Options.JSON: " + refusal + "PUT /v3/pay/transactions/out-trade-no/1/close; use the struct of this endpoint"},
		{"an upload", "POST", "v3/merchant/media/upload", &wechatpay.Options{Body: upload},
			"Options.Body: media: a.png: Upload.Meta: " + refusal + "POST /v3/merchant/media/upload; use the struct of this endpoint"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := c.Chain(row.path).Do(t.Context(), row.method, row.opts)
			assert.ErrorIs(t, err, wechatpay.ErrInvalid)
			assert.ErrorContains(t, err, row.want)
		})
	}
}
