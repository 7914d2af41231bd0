package endpoint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// An order is a generated struct: of two endpoints, one of them below a prefix.
type order struct{}

func (order) WechatpayEndpoints() []string {
	return []string{"POST /v3/pay/orders/{id}/close", "GET /hk/v3/orders"}
}

func TestCheckShape(t *testing.T) {
	t.Parallel()
	const refusal = "a endpoint_test.order is for POST /v3/pay/orders/{id}/close, GET /hk/v3/orders, not for "
	for _, c := range []struct {
		name         string
		value        any
		method, path string
		want         string // the error; "" for none
	}{
		{"nothing", nil, "POST", "v3/x", ""},
		{"another value", map[string]any{"a": 1}, "POST", "v3/x", ""},
		{"a nil pointer", (*order)(nil), "POST", "v3/x", ""},
		{"a template", order{}, "POST", "v3/pay/orders/{out_trade_no}/close", ""},
		{"a filled path", &order{}, "POST", "/v3/pay/orders/1/close", ""},
		{"below a prefix", order{}, "POST", "/hk/v3/pay/orders/1/close", ""},
		{"without the prefix", order{}, "GET", "v3/orders", ""},
		{"another method", order{}, "PUT", "v3/orders", refusal + "PUT /v3/orders; use the struct of this endpoint"},
		{"another path", order{}, "POST", "/v3/pay/orders/1", refusal + "POST /v3/pay/orders/1; use the struct of this endpoint"},
		{"an empty variable", order{}, "POST", "v3/pay/orders//close", refusal + "POST /v3/pay/orders//close; use the struct of this endpoint"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := endpoint.CheckShape(c.value, c.method, c.path)
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, c.want)
		})
	}
}
