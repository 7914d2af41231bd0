package coupon

import (
	"maps"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A product is a product coupon, of which stocks are sent.
type product struct {
	Brand    string        `json:"brand"`
	ID       string        `json:"id"`
	Spec     play.Object   `json:"spec"` // as in the request
	Auditing bool          `json:"auditing"`
	Off      *deactivation `json:"off"`
	Stocks   []string      `json:"stocks"` // oldest first
	Bundles  []string      `json:"bundles"`
}

// A deactivation cannot be undone.
type deactivation struct {
	No     string    `json:"no"`
	Reason string    `json:"reason"`
	Time   time.Time `json:"time"`
}

func (t *turn) deactivation(field string) *deactivation {
	return &deactivation{No: t.Body.Text(field), Reason: t.Body.Text("deactivate_reason"), Time: t.Now}
}

func (d *deactivation) view() play.Object {
	if d == nil {
		return nil
	}
	return play.Object{"deactivate_request_no": d.No, "deactivate_reason": d.Reason, "deactivate_time": kit.Clock(d.Time)}
}

func (p *product) state() string {
	switch {
	case p.Off != nil:
		return "DEACTIVATED"
	case p.Auditing:
		return "AUDITING"
	}
	return "EFFECTIVE"
}

func (p *product) bundled() bool { return p.Spec.Text("usage_mode") == "PROGRESSIVE_BUNDLE" }

func (p *product) view() play.Object {
	return p.Spec.With(play.Object{"product_coupon_id": p.ID, "state": p.state()}, p.Off.view())
}

// product returns the coupon in the path or body, if it is the caller's.
func (t *turn) product(id string) (*product, error) {
	p := t.book.state.Products[id]
	if p == nil || p.Brand != t.Caller {
		return nil, missing(notYours, "商品券不存在")
	}
	return p, nil
}

// live returns the coupon in the path, to be changed.
func (t *turn) live() (*product, error) {
	p, err := t.product(t.Vars["product_coupon_id"])
	if err == nil && p.Off != nil {
		return nil, invalid(0, "商品券已失效")
	}
	return p, err
}

func createProduct(t *turn) (string, error) {
	spec := given(t.Body, "scope", "type", "usage_mode", "single_usage_info", "progressive_bundle_usage_info",
		"display_info", "out_product_no")
	err := kit.First(checkKind(t.Body), longest(spec, "", "out_product_no", 40), t.checkDisplay(spec))
	if err != nil {
		return "", err
	}
	p := &product{Brand: t.Caller, Spec: spec, Auditing: t.book.Audit}
	var made []*stock
	if p.bundled() {
		made, err = t.newBundle(p, t.Body.Object("stock_bundle"))
	} else {
		made, err = t.newStock(p, t.Body.Object("stock"))
	}
	if err != nil {
		return "", err
	}
	p.ID = strconv.FormatInt(1_000_000_000+t.book.next(), 10)
	t.book.state.Products[p.ID] = p
	t.keep(p, made)
	return p.ID, nil
}

// viewCreated is the coupon with what was made with it.
func viewCreated(t *turn, id string) (play.Object, error) {
	p, err := t.product(id)
	if err != nil {
		return nil, err
	}
	o := p.Spec.With(play.Object{"product_coupon_id": p.ID, "state": p.state()})
	if p.bundled() {
		o["stock_bundle"] = t.book.state.Bundles[p.Bundles[0]].view(t)
	} else {
		o["stock"] = t.book.state.Stocks[p.Stocks[0]].view(t)
	}
	return o, nil
}

func viewProduct(t *turn, _ string) (play.Object, error) {
	p, err := t.product(t.Vars["product_coupon_id"])
	if err != nil {
		return nil, err
	}
	return p.view(), nil
}

func patchProduct(t *turn) (string, error) {
	p, err := t.live()
	if err != nil {
		return "", err
	}
	changed := p.Spec.With(given(t.Body, "display_info"))
	if err := t.checkDisplay(changed); err != nil {
		return "", err
	}
	p.Spec = changed
	return "", nil
}

// deactivateProduct ends all its stocks too. What users hold stays as it is.
func deactivateProduct(t *turn) (string, error) {
	p, err := t.live()
	if err != nil {
		return "", err
	}
	p.Off = t.deactivation("out_request_no")
	for _, id := range p.Stocks {
		if s := t.book.state.Stocks[id]; s.Off == nil {
			s.Off = p.Off
		}
	}
	return "", nil
}

// given is what o has of the names, null being nothing.
func given(o play.Object, names ...string) play.Object {
	only := o.Only(names...)
	maps.DeleteFunc(only, func(_ string, value any) bool { return value == nil })
	return only
}
