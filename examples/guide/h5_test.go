package guide_test

import (
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestH5(t *testing.T) {
	s := sandboxtest.New(t)
	back := "https://shop.example.com/orders/1?from=pay"
	address, err := guide.H5(t.Context(), s.Client, orderOf("H5-0001"), netip.MustParseAddr("203.0.113.7"), back)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	assert.Equal(t, back, u.Query().Get("redirect_url"))
	_, err = s.Gateway.Pay("H5-0001")
	require.NoError(t, err)
	trade := tradeOf(t, s, "H5-0001")
	assert.Equal(t, "MWEB", trade.Get("trade_type").String())
	_, err = guide.H5(t.Context(), s.Client, orderOf("H5-0002"), netip.MustParseAddr("203.0.113.7"), "/orders/2")
	require.Error(t, err, "a page without a host")
}
