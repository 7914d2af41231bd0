package trade

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A part is how an endpoint is played, under the lock.
type part func(*turn) (any, error)

const (
	directly  = "/v3/pay/transactions"
	byPartner = "/v3/pay/partner/transactions"
	combine   = "/v3/combine-transactions"
	refunds   = "/v3/refund/domestic/refunds"
	byID      = "/id/{transaction_id}"
	byNumber  = "/out-trade-no/{out_trade_no}"
)

var parts = map[string]part{
	"POST " + directly + "/jsapi":                jsapi.prepay(false),
	"POST " + directly + "/app":                  app.prepay(false),
	"POST " + directly + "/h5":                   h5.prepay(false),
	"POST " + directly + "/native":               native.prepay(false),
	"POST " + directly + "/jsapi-with-contract":  jsapi.prepay(false),
	"POST " + directly + "/app-with-contract":    app.prepay(false),
	"POST " + directly + "/codepay":              codePay(false),
	"GET " + directly + byID:                     query(false, byTransaction),
	"GET " + directly + byNumber:                 query(false, byOutTradeNo),
	"POST " + directly + byNumber + "/close":     closeOrder(false),
	"POST " + directly + byNumber + "/reverse":   reverse(false),
	"POST " + byPartner + "/jsapi":               jsapi.prepay(true),
	"POST " + byPartner + "/miniprogram":         jsapi.prepay(true),
	"POST " + byPartner + "/scannedpos":          jsapi.prepay(true),
	"POST " + byPartner + "/app":                 app.prepay(true),
	"POST " + byPartner + "/h5":                  h5.prepay(true),
	"POST " + byPartner + "/native":              native.prepay(true),
	"POST " + byPartner + "/jsapi-with-contract": jsapi.prepay(true),
	"POST " + byPartner + "/app-with-contract":   app.prepay(true),
	"POST " + byPartner + "/codepay":             codePay(true),
	"GET " + byPartner + byID:                    query(true, byTransaction),
	"GET " + byPartner + byNumber:                query(true, byOutTradeNo),
	"POST " + byPartner + byNumber + "/close":    closeOrder(true),
	"POST " + byPartner + byNumber + "/reverse":  reverse(true),

	"POST " + combine + "/jsapi":                                     jsapi.combined,
	"POST " + combine + "/app":                                       app.combined,
	"POST " + combine + "/h5":                                        h5.combined,
	"POST " + combine + "/native":                                    native.combined,
	"GET " + combine + "/out-trade-no/{combine_out_trade_no}":        queryCombined,
	"POST " + combine + "/out-trade-no/{combine_out_trade_no}/close": closeCombined,

	"POST " + refunds:                                        apply,
	"GET " + refunds + "/{out_refund_no}":                    queryRefund,
	"POST " + refunds + "/{refund_id}/apply-abnormal-refund": applyAbnormal,
}

// Handlers returns the handlers of all endpoints by their method and path.
func (b *Book) Handlers() map[string]play.Handler {
	handlers := make(map[string]play.Handler, len(parts))
	for endpoint, p := range parts {
		handlers[endpoint] = func(c *play.Call) (any, error) {
			body := pack(c.Body)
			mark := markOf(endpoint, body)
			return kit.Run(&b.mu, c, func(k *kit.Turn) (any, error) {
				t := b.turn(k)
				t.body, t.mark = body, mark
				t.settleDue(t.Caller)
				return p(t)
			})
		}
	}
	return handlers
}
