package sharing

import (
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const base = "/v3/profitsharing"

// A handler is how an endpoint is played, and how it names the transaction that it is about.
type handler struct {
	transaction func(*Book, *play.Call) string
	play        func(*turn) (any, error)
}

var handlers = map[string]handler{
	"POST " + base + "/receivers/add":                        {none, addReceiver},
	"POST " + base + "/receivers/delete":                     {none, deleteReceiver},
	"GET " + base + "/merchant-configs/{sub_mchid}":          {none, maxRatio},
	"POST " + base + "/orders":                               {inBody, createShare},
	"GET " + base + "/orders/{out_order_no}":                 {inQuery, getShare},
	"POST " + base + "/orders/unfreeze":                      {inBody, unfreeze},
	"POST " + base + "/return-orders":                        {ofShare, createReturn},
	"GET " + base + "/return-orders/{out_return_no}":         {ofQueriedShare, getReturn},
	"GET " + base + "/transactions/{transaction_id}/amounts": {inPath, amounts},
}

// Handlers returns the handlers of all endpoints but that of the bills, by their method and
// path.
func (b *Book) Handlers() map[string]play.Handler {
	list := make(map[string]play.Handler, len(handlers))
	for endpoint, h := range handlers {
		list[endpoint] = func(c *play.Call) (any, error) {
			t := b.about(c.Caller, h.transaction(b, c))
			return kit.Run(&b.mu, c, func(k *kit.Turn) (any, error) {
				t.Turn = k
				t.look()
				return h.play(t)
			})
		}
	}
	return list
}

func none(*Book, *play.Call) string        { return "" }
func inBody(_ *Book, c *play.Call) string  { return c.Body.Text("transaction_id") }
func inQuery(_ *Book, c *play.Call) string { return c.Query.Get("transaction_id") }
func inPath(_ *Book, c *play.Call) string  { return c.Vars["transaction_id"] }
func ofShare(b *Book, c *play.Call) string { return b.transactionOf(c.Caller, c.Body) }
func ofQueriedShare(b *Book, c *play.Call) string {
	return b.transactionOf(c.Caller, play.Object{"out_order_no": c.Query.Get("out_order_no")})
}

// transactionOf returns the transaction of a request to share, or "".
func (b *Book) transactionOf(caller string, names play.Object) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.shareOf(caller, names)
	if s == nil {
		return ""
	}
	return strings.TrimPrefix(s.Order, caller+"/")
}
