package openapi

import (
	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Map returns a new map with a chain for each path of the catalogue, without its leading
// slash: Map(c)["v3/pay/transactions/id/{transaction_id}"], and with v2/ before the paths of
// APIv2: Map(c)["v2/pay/micropay"]. An unknown key yields the zero [wechatpay.Chain], whose
// calls return an error that says so.
func Map(c *wechatpay.Client) map[string]wechatpay.Chain {
	all := catalogue.All()
	chains := make(map[string]wechatpay.Chain, len(all))
	for _, e := range all {
		route := e.Route()
		chain := c.Chain(route)
		if e.Base != "" {
			chain = chain.WithBaseURL(e.Base)
		}
		chains[route] = chain
	}
	return chains
}
