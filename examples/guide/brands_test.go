package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestBrands(t *testing.T) {
	s := sandboxtest.New(t)
	b := s.Credentials.Brand
	brand, err := guide.NewBrandClient(b.BrandID, b.Serial, b.PrivateKey, b.PlatformKeys(), s.URL)
	require.NoError(t, err)
	t.Cleanup(brand.CloseIdleConnections)
	require.NoError(t, guide.SetBrandNotifyURL(t.Context(), brand, "https://example.com/wechatpay/coupons"))
	reply, err := brand.Chain("brand/marketing/product-coupon/notify-configs").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/wechatpay/coupons", reply.Get("notify_url").String())

	_, err = brand.Chain("v3/certificates").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrInvalid, "a path of merchants")
	err = guide.SetBrandNotifyURL(t.Context(), s.Client, "https://example.com/")
	require.ErrorIs(t, err, wechatpay.ErrInvalid, "a merchant is no brand")
}
