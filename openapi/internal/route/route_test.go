package route_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/internal/route"
)

func TestChain(t *testing.T) {
	for _, c := range []struct {
		name, template string
		at             route.At
	}{
		{"no variable", "v3/x", route.Start(nil)},
		{"a zero place", "v3/x", route.At{}},
		{"variables", "v3/{a}/{b}/x/{c}", route.Start(nil).Fill("1").FillNumber(2).Fill("3")},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.template, c.at.Chain(c.template).String())
			require.Equal(t, c.template, c.at.ChainOn("https://x.example/", c.template).String())
			_, err := c.at.Chain(c.template).Get(t.Context(), nil)
			require.ErrorContains(t, err, "zero Chain")
		})
	}
}
