package endpoint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

func TestCheckCaller(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		brand      bool
		want       []string // parts of the error; nil for none
	}{
		{"a merchant's", "/v3/pay/transactions/jsapi", false, nil},
		{"a partner's, with brand in it", "/v3/brand/applyments", false, nil},
		{"a merchant's overseas", "/hk/v3/transactions/app", false, nil},
		{"a merchant's without v3", "/invoicing/fapiao/fapiao-file", false, nil},
		{"a brand's", "/brand/marketing/product-coupon/notify-configs", true, nil},
		{"a brand's without its slash", "brand/store/brandstores", true, nil},
		{"a brand on a path with brand in it", "/papay/brand/v3/x", true, []string{"Config.MchID"}},
		{"a brand on APIv2", "/v2/brand/x", true, []string{"Config.MchID"}},
		{"a brand on a merchant's", "/v3/pay/transactions/jsapi", true, []string{"Config.MchID", "v3/pay/transactions/jsapi", "Options.AnyCaller"}},
		{"a brand on a partner's", "/v3/brand/applyments", true, []string{"Config.MchID"}},
		{
			"a brand on the twin of its partner", "/v3/marketing/partner/product-coupon/users/o1/coupons", true,
			[]string{"brand/marketing/product-coupon/users/o1/coupons", "Options.AnyCaller"},
		},
		{
			"a partner on the twin of the brand", "/brand/marketing/product-coupon/users/o1/coupons", false,
			[]string{"v3/marketing/partner/product-coupon/users/o1/coupons", "Config.BrandID", "Options.AnyCaller"},
		},
		{"a merchant on a brand's without a twin", "/brand/store/brandstores", false, []string{"Config.BrandID", "brand/store/brandstores"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := endpoint.CheckCaller(row.brand, row.path)
			if row.want == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range row.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
