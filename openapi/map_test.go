package openapi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestMap(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil)
	chains := openapi.Map(c)
	paths := map[string]bool{}
	for _, e := range catalogue.All() {
		paths[e.Route()] = true
		assert.NotZero(t, chains[e.Route()], e.Path)
	}
	assert.Len(t, chains, len(paths), "and no others")
	for _, row := range []struct{ name, key string }{
		{"v3", "v3/pay/transactions/id/{transaction_id}"},
		{"another beginning", "hk/v3/transactions/app"},
		{"v2", "v2/pay/micropay"},
		{"v2, with a capital", "v2/secapi/mch/addInstitutionsub"},
	} {
		assert.Equal(t, row.key, chains[row.key].String(), row.name)
	}
}

func TestMapOfUnknownPaths(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	chains := openapi.Map(c)
	for _, row := range []struct{ name, key string }{
		{"no such endpoint", "v3/pay/transactions/nonsense"},
		{"a slash at the start", "/v3/certificates"},
		{"v2, without its version", "pay/micropay"},
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
