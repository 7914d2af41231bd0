package openapi

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// Map has a chain for each path that is known, as it is documented but for the slash at the
// start: Map(c)["v3/pay/transactions/id/{transaction_id}"]. Of a key that it does not have
// it gives the zero [wechatpay.Chain], whose calls fail and say so. The map is the caller's.
//
// The paths of v2 are there as well; a client for v3 reaches them, but does not speak their
// XML.
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
