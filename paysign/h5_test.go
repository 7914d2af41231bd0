package paysign_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/paysign"
)

func TestH5URL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, h5, redirect, want string }{
		{
			"with a query", "https://wx.tenpay.com/x?prepay_id=wx1&package=1", "https://shop.example/paid?a=1&b=中 文",
			"https://wx.tenpay.com/x?prepay_id=wx1&package=1&redirect_url=https%3A%2F%2Fshop.example%2Fpaid%3Fa%3D1%26b%3D%E4%B8%AD%20%E6%96%87",
		},
		{"without a query", "https://wx.tenpay.com/x", "https://shop.example/", "https://wx.tenpay.com/x?redirect_url=https%3A%2F%2Fshop.example%2F"},
		{"empty query", "https://wx.tenpay.com/x?", "http://shop.example", "https://wx.tenpay.com/x?redirect_url=http%3A%2F%2Fshop.example"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := paysign.H5URL(tc.h5, tc.redirect)
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestH5URLErrors(t *testing.T) {
	t.Parallel()
	const h5, shop = "https://wx.tenpay.com/x", "https://shop.example/"
	for _, tc := range []struct{ name, h5, redirect, want string }{
		{"relative redirect", h5, "shop.example/paid", "paysign: redirect_url is not an absolute http or https URL; pass the page to return to"},
		{"script redirect", h5, "javascript:alert(1)", "paysign: redirect_url is not an absolute http or https URL; pass the page to return to"},
		{
			"user name in the redirect", h5, "https://user:secret@shop.example/",
			"paysign: redirect_url contains a user name, which browsers warn about; pass the page to return to",
		},
		{"empty h5_url", "", shop, "paysign: h5_url is not an absolute http or https URL; pass the h5_url of the reply"},
		{"malformed h5_url", h5 + "%", shop, `paysign: h5_url is malformed (invalid URL escape "%"); pass the h5_url of the reply`},
		{"redirect already", h5 + "?redirect_url=y", shop, "paysign: h5_url already has a redirect_url or a fragment; pass the h5_url of the reply"},
		{"fragment", h5 + "#y", shop, "paysign: h5_url already has a redirect_url or a fragment; pass the h5_url of the reply"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := paysign.H5URL(tc.h5, tc.redirect)
			require.EqualError(t, err, tc.want)
		})
	}
}
