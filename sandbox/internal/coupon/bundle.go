package coupon

import (
	"net/http"
	"slices"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A bundle (批次组) is a list of stocks of which a user gets one coupon each, to be used one
// after the other.
type bundle struct {
	ID      string   `json:"id"`
	Product string   `json:"product"`
	Stocks  []string `json:"stocks"` // in the order of the rounds
}

func (b *bundle) view(t *turn) play.Object {
	list := make([]any, len(b.Stocks))
	for i, id := range b.Stocks {
		list[i] = t.book.state.Stocks[id].view(t)
	}
	return play.Object{"stock_bundle_id": b.ID, "stock_list": list}
}

// bundleFields are what is documented of a request that adds a bundle. A coupon can be made
// with a bundle too, but less is required there, since the official samples use one type for
// bundles and for stocks.
var bundleFields = sync.OnceValue(func() catalogue.Fields {
	all := catalogue.All()
	i := slices.IndexFunc(all, func(e catalogue.Endpoint) bool { return e.Method == http.MethodPost && e.Path == bundles })
	return slices.DeleteFunc(slices.Clone(all[i].JSON), func(f catalogue.Field) bool { return f.Name != "stock_bundle" })
})

// newBundle checks a bundle, and returns a stock for each of its rounds. They are not kept
// yet. API_ASSIGN is refused: a request names one code, and a bundle needs more.
func (t *turn) newBundle(p *product, body play.Object) ([]*stock, error) {
	const at, atRule = "/stock_bundle", "/stock_bundle/progressive_bundle_usage_rule"
	if r := check.Body(bundleFields(), play.Object{"stock_bundle": map[string]any(body)}); r != nil {
		return nil, r
	}
	rule := body.Object("progressive_bundle_usage_rule")
	if err := kit.First(
		kit.Needed(body, at, "progressive_bundle_usage_rule"),
		t.checkStockDisplay(body, at), checkSendRule(body, at, true),
	); err != nil {
		return nil, err
	}
	when, err := parsePeriod(rule.Object("coupon_available_period"), atRule+"/coupon_available_period", 3)
	if err != nil {
		return nil, err
	}
	rounds, err := checkRounds(p, rule, atRule)
	if err != nil {
		return nil, err
	}
	made := make([]*stock, len(rounds))
	for i, round := range rounds {
		spec := given(body, stockFields...).With(play.Object{"progressive_bundle_usage_rule": rule.Only("coupon_available_period").With(
			play.Object{benefits[p.Spec.Text("type")]: round})})
		made[i] = &stock{Spec: spec, Period: when, Budget: newBudget(body)}
	}
	return made, nil
}

func addBundle(t *turn) (string, error) {
	p, err := t.live()
	if err != nil {
		return "", err
	}
	if !p.bundled() {
		return "", invalid(0, "单券商品券应添加批次")
	}
	made, err := t.newBundle(p, t.Body.Object("stock_bundle"))
	if err = kit.First(err, t.room(p, len(made))); err != nil {
		return "", err
	}
	t.keep(p, made)
	return made[0].Bundle, nil
}

// bundle returns a bundle of the coupon in the path, and its stocks.
func (t *turn) bundle(id string) (*bundle, []*stock, error) {
	p, err := t.product(t.Vars["product_coupon_id"])
	if err != nil {
		return nil, nil, err
	}
	b := t.book.state.Bundles[id]
	if b == nil || b.Product != p.ID {
		return nil, nil, missing(notYours, "批次组不存在")
	}
	return b, t.rounds(b), nil
}

func (t *turn) rounds(b *bundle) []*stock {
	list := make([]*stock, len(b.Stocks))
	for i, id := range b.Stocks {
		list[i] = t.book.state.Stocks[id]
	}
	return list
}

// liveBundle returns the stocks of the bundle in the path, to be changed.
func (t *turn) liveBundle() ([]*stock, error) {
	_, list, err := t.bundle(t.Vars["stock_bundle_id"])
	for _, s := range list {
		if s.Off != nil {
			return nil, invalid(0, "批次已失效")
		}
	}
	return list, err
}

func viewBundle(t *turn, id string) (play.Object, error) {
	if id == "" {
		id = t.Vars["stock_bundle_id"]
	}
	b, _, err := t.bundle(id)
	if err != nil {
		return nil, err
	}
	return b.view(t), nil
}

func patchBundle(t *turn) (string, error) {
	list, err := t.liveBundle()
	if err != nil {
		return "", err
	}
	return "", t.patch(list...)
}
