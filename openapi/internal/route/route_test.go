package route_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/internal/route"
)

func TestChain(t *testing.T) {
	for _, c := range []struct {
		name, template string
		path           route.Path
	}{
		{"no variable", "v3/x", route.Start(nil)},
		{"a zero path", "v3/x", route.Path{}},
		{"variables", "v3/{a}/{b}/x/{c}", route.Start(nil).WithVar("1").WithNumber(2).WithVar("3")},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.template, c.path.Chain(c.template).String())
			require.Equal(t, c.template, c.path.ChainOn("https://x.example/", c.template).String())
			_, err := c.path.Chain(c.template).Get(t.Context(), nil)
			require.ErrorContains(t, err, "zero Chain")
		})
	}
}
