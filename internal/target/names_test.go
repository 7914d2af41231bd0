package target_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/internal/target"
)

// TestValuesAreNoNames: what is plainly a value is found, and no name is taken for one.
func TestValuesAreNoNames(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, spelled string
		want          int
	}{
		{"lower case", "v3/pay/transactions/out-trade-no", -1},
		{"camel case", "V3/Pay/Transactions/jsapiWithContract", -1},
		{"a capital behind a digit", "apply4Sub/x2Y", -1},
		{"a variable", "_OUT_TRADE_NO_", -1},
		{"a variable in braces", "id/{OUT}/{/ID}", -1},
		{"an order number", "v3/out-trade-no/ORDER20260101ABC", 16},
		{"an openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", 0},
		{"capitals behind digits", "a/20260101AB", 2},
		{"a capital behind a hyphen", "a/Out-Trade-No/b", 2},
		{"a capital behind an underscore", "Out_Trade_No", 0},
		{"a percent escape", "a/b%2Fc", 2},
		{"a capital behind a Chinese letter", "微信Pay", -1},
		{"behind a variable", "{id}A", 0},
		{"empty", "", -1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, target.ValueAt(row.spelled))
		})
	}
}
