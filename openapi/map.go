package openapi

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Map returns a new map with a chain for each path of the catalogue, without its leading
// slash: Map(c)["v3/pay/transactions/id/{transaction_id}"]. An unknown key yields the zero
// [wechatpay.Chain], whose calls return an error that says so.
//
// It includes the paths of API v2, which takes XML: a client for v3 cannot call them.
func Map(c *wechatpay.Client) map[string]wechatpay.Chain {
	all := catalogue.All()
	chains := make(map[string]wechatpay.Chain, len(all))
	for _, e := range all {
		chain := c.Chain(strings.TrimPrefix(e.Path, "/"))
		if e.Base != "" {
			chain = chain.WithBaseURL(e.Base)
		}
		chains[strings.TrimPrefix(e.Path, "/")] = chain
	}
	return chains
}
