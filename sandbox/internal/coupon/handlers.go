package coupon

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A part is how an endpoint is played. One with a number changes the state once by effect,
// which returns a reference to what it made or changed; the same number and body again give
// only the view of it, as it is then. One without a number is its view.
type part struct {
	number string // the field of the number: out_request_no or send_request_no
	effect func(t *turn) (ref string, err error)
	view   func(t *turn, ref string) (play.Object, error)
}

const (
	base     = "/brand/marketing/product-coupon"
	products = base + "/product-coupons"
	oneOf    = products + "/{product_coupon_id}"
	stocks   = oneOf + "/stocks"
	oneStock = stocks + "/{stock_id}"
	bundles  = oneOf + "/stock-bundles"
	oneGroup = bundles + "/{stock_bundle_id}"
	user     = base + "/users/{openid}"
	coupons  = user + "/coupons"
	oneCode  = coupons + "/{coupon_code}"
)

var parts = map[string]part{
	"GET " + base + "/notify-configs":  {view: getNotifyConfig},
	"POST " + base + "/notify-configs": {view: setNotifyConfig},

	"POST " + products:              {"out_request_no", createProduct, viewCreated},
	"GET " + oneOf:                  {view: viewProduct},
	"PATCH " + oneOf:                {"out_request_no", patchProduct, viewProduct},
	"POST " + oneOf + "/deactivate": {"out_request_no", deactivateProduct, viewProduct},

	"POST " + stocks:                            {"out_request_no", addStock, viewChanged},
	"GET " + stocks:                             {view: listStocks},
	"GET " + oneStock:                           {view: viewStock},
	"PATCH " + oneStock:                         {"out_request_no", patchStock, viewChanged},
	"POST " + oneStock + "/deactivate":          {"out_request_no", deactivateStock, viewChanged},
	"POST " + oneStock + "/update-budget":       {"out_request_no", updateStockBudget, viewChanged},
	"POST " + oneStock + "/upload-coupon-codes": {"out_request_no", uploadCodes, viewUpload},
	"POST " + oneStock + "/associate-stores":    {view: onStock(associate)},
	"POST " + oneStock + "/disassociate-stores": {view: onStock(disassociate)},
	"GET " + oneStock + "/associated-stores":    {view: listStores},
	"POST " + bundles:                           {"out_request_no", addBundle, viewBundle},
	"PATCH " + oneGroup:                         {"out_request_no", patchBundle, viewBundle},
	"POST " + oneGroup + "/update-budget":       {"out_request_no", updateBundleBudget, viewBundle},
	"POST " + oneGroup + "/associate-stores":    {view: onBundle(associate)},
	"POST " + oneGroup + "/disassociate-stores": {view: onBundle(disassociate)},
	"POST " + coupons:                           {"send_request_no", send, viewCoupon},
	"POST " + user + "/pre-send-coupon":         {"send_request_no", preSend, viewToken},
	"GET " + coupons:                            {view: listCoupons},
	"GET " + oneCode:                            {view: getCoupon},
	"POST " + oneCode + "/confirm":              {"out_request_no", confirm, viewCoupon},
	"POST " + oneCode + "/use":                  {"out_request_no", use, viewCoupon},
	"POST " + oneCode + "/return":               {"out_request_no", takeBack, viewCoupon},
	"POST " + oneCode + "/deactivate":           {"out_request_no", deactivateCoupon, viewCoupon},
}

// Handlers returns the handlers of all endpoints but the upload of images, by their method
// and path.
func (b *Book) Handlers() map[string]play.Handler {
	played := make(map[string]kit.Part, len(parts))
	for endpoint, p := range parts {
		played[endpoint] = b.part(endpoint, p)
	}
	return kit.Handlers(&b.mu, played)
}

func (b *Book) part(endpoint string, p part) kit.Part {
	return func(k *kit.Turn) (play.Object, error) {
		t := &turn{k, b}
		if p.number == "" {
			return p.view(t, "")
		}
		ref, err := t.once(p, fingerprint(endpoint, k.Call))
		if err != nil {
			return nil, err
		}
		return p.view(t, ref)
	}
}
