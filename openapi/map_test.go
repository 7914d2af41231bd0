package openapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestMap(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	chains := openapi.Map(c)
	paths := map[string]bool{}
	for _, e := range catalogue.All() {
		paths[strings.TrimPrefix(e.Path, "/")] = true
		assert.NotZero(t, chains[strings.TrimPrefix(e.Path, "/")], e.Path)
	}
	assert.Len(t, chains, len(paths), "and no others")

	_, err := chains["pay/unifiedorder"].Post(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "POST https://api.mch.weixin.qq.com/pay/unifiedorder", m.last, "of v2")
}

func TestMapOfUnknownPaths(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	chains := openapi.Map(c)
	for _, row := range []struct{ name, key string }{
		{"no such endpoint", "v3/pay/transactions/nonsense"},
		{"a slash at the start", "/v3/certificates"},
		{"empty", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := chains[row.key].Get(t.Context(), nil)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, "such as a map returns for an unknown path")
		})
	}
	t.Cleanup(func() { assert.Empty(t, m.last, "nothing was sent") })
}
