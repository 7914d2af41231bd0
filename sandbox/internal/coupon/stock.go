package coupon

import (
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A stock (批次) is what is sent of a coupon, or one round of a bundle.
type stock struct {
	Seq     int64         `json:"seq"`
	Brand   string        `json:"brand"`
	ID      string        `json:"id"`
	Product string        `json:"product"`
	Bundle  string        `json:"bundle"` // "" outside a bundle
	Index   int           `json:"index"`  // in the bundle, from 0
	Spec    play.Object   `json:"spec"`   // as in the request, less stock_send_rule
	Period  period        `json:"period"`
	Audit   bool          `json:"audit"`
	Paused  bool          `json:"paused"`
	Off     *deactivation `json:"off"`
	Budget  budget        `json:"budget"`
	Codes   codePool      `json:"codes"`
	// Stores are those where its coupons can be used; the values grow in the order of association.
	Stores map[string]int64 `json:"stores"`
}

func (s *stock) state(now time.Time) string {
	switch {
	case s.Off != nil:
		return "DEACTIVATED"
	case s.Audit:
		return "AUDITING"
	case now.After(s.Period.End):
		return "STOPPED"
	case s.Paused:
		return "PAUSED"
	}
	return "SENDING"
}

func (s *stock) mode() string { return s.Spec.Text("coupon_code_mode") }

func (s *stock) view(t *turn) play.Object {
	o := s.Spec.With(play.Object{
		"product_coupon_id": s.Product, "stock_id": s.ID, "state": s.state(t.Now),
		"stock_send_rule": s.Budget.rule(), "sent_count_info": s.Budget.sent(t.Now),
	}, s.Off.view())
	if s.mode() == "UPLOAD" {
		o["coupon_code_count_info"] = play.Object{"total_count": len(s.Codes.All), "available_count": len(s.Codes.Free)}
	}
	if s.Bundle != "" {
		o["stock_bundle_info"] = play.Object{"stock_bundle_id": s.Bundle, "stock_bundle_index": s.Index}
	}
	return o
}

// stock returns a stock of the caller's coupon.
func (t *turn) stock(productID, id string) (*stock, error) {
	p, err := t.product(productID)
	if err != nil {
		return nil, err
	}
	if s := t.book.state.Stocks[id]; s != nil && s.Product == p.ID {
		return s, nil
	}
	return nil, missing(notYours, "批次不存在")
}

func (t *turn) stockOfPath() (*stock, error) {
	return t.stock(t.Vars["product_coupon_id"], t.Vars["stock_id"])
}

// liveStock returns the stock in the path, to be changed.
func (t *turn) liveStock() (*stock, error) {
	s, err := t.stockOfPath()
	if err == nil && s.Off != nil {
		return nil, invalid(0, "批次已失效")
	}
	return s, err
}

// stockFields are those of a request that a stock keeps as they are.
var stockFields = []string{
	"remark", "coupon_code_mode", "usage_rule_display_info", "coupon_display_info", "notify_config", "store_scope",
}

// newStock checks a stock; it is not kept yet.
func (t *turn) newStock(p *product, body play.Object) ([]*stock, error) {
	const at, atRule = "/stock", "/stock/single_usage_rule"
	rule := body.Object("single_usage_rule")
	if err := kit.First(
		kit.Needed(body, at, "single_usage_rule"), checkStockBenefit(p, rule, atRule),
		t.checkStockDisplay(body, at), checkSendRule(body, at, false),
	); err != nil {
		return nil, err
	}
	when, err := parsePeriod(rule.Object("coupon_available_period"), atRule+"/coupon_available_period", 1)
	if err != nil {
		return nil, err
	}
	spec := given(body, append([]string{"single_usage_rule"}, stockFields...)...)
	return []*stock{{Spec: spec, Period: when, Budget: newBudget(body)}}, nil
}

// keep gives ids to checked stocks of p, and keeps them.
func (t *turn) keep(p *product, made []*stock) {
	bundled := ""
	if p.bundled() {
		// As long as those of WeChat Pay, which tell nothing.
		bundled = fmt.Sprintf("712%015d", t.book.next())
		p.Bundles = append(p.Bundles, bundled)
		t.book.state.Bundles[bundled] = &bundle{Product: p.ID, ID: bundled}
	}
	for i, s := range made {
		s.Seq, s.Brand, s.Product, s.Audit = t.book.next(), p.Brand, p.ID, t.book.Audit
		s.ID = fmt.Sprintf("%s%03d", p.ID, len(p.Stocks)+1)
		p.Stocks = append(p.Stocks, s.ID)
		t.book.state.Stocks[s.ID] = s
		if bundled != "" {
			s.Bundle, s.Index = bundled, i
			b := t.book.state.Bundles[bundled]
			b.Stocks = append(b.Stocks, s.ID)
		}
	}
}

// room refuses the 201st live stock of a coupon.
func (t *turn) room(p *product, more int) error {
	live := more
	for _, id := range p.Stocks {
		if state := t.book.state.Stocks[id].state(t.Now); state != "DEACTIVATED" && state != "STOPPED" {
			live++
		}
	}
	if live > 200 {
		return invalid(0, "有效批次应不超过 200 个")
	}
	return nil
}

func addStock(t *turn) (string, error) {
	p, err := t.live()
	if err != nil {
		return "", err
	}
	if p.bundled() {
		return "", invalid(0, "多次优惠商品券应添加批次组")
	}
	made, err := t.newStock(p, t.Body.Object("stock"))
	if err = kit.First(err, t.room(p, len(made))); err != nil {
		return "", err
	}
	t.keep(p, made)
	return made[0].ID, nil
}

func viewStock(t *turn, _ string) (play.Object, error) {
	s, err := t.stockOfPath()
	if err != nil {
		return nil, err
	}
	return s.view(t), nil
}

// viewChanged shows the stock that was just made, or the one in the path.
func viewChanged(t *turn, id string) (play.Object, error) {
	if id == "" {
		id = t.Vars["stock_id"]
	}
	s, err := t.stock(t.Vars["product_coupon_id"], id)
	if err != nil {
		return nil, err
	}
	return s.view(t), nil
}

func listStocks(t *turn, _ string) (play.Object, error) {
	p, err := t.product(t.Vars["product_coupon_id"])
	if err != nil {
		return nil, err
	}
	var found []*stock
	for _, id := range p.Stocks {
		s := t.book.state.Stocks[id]
		if matches(t.Query.Get("stock_bundle_id"), s.Bundle) && matches(t.Query.Get("state"), s.state(t.Now)) {
			found = append(found, s)
		}
	}
	return listed(t, "stock_list", found, func(s *stock) int64 { return s.Seq }, func(s *stock) any { return s.view(t) })
}

// patchStock changes what is shown, and where the coupons can be used.
func patchStock(t *turn) (string, error) {
	s, err := t.liveStock()
	if err != nil {
		return "", err
	}
	return "", t.patch(s)
}

func (t *turn) patch(list ...*stock) error {
	if err := t.checkStockDisplay(t.Body, ""); err != nil {
		return err
	}
	changed := given(t.Body, "remark", "usage_rule_display_info", "coupon_display_info", "notify_config", "store_scope")
	for _, s := range list {
		s.Spec = s.Spec.With(changed)
	}
	return nil
}

func deactivateStock(t *turn) (string, error) {
	s, err := t.liveStock()
	if err == nil {
		s.Off = t.deactivation("out_request_no")
	}
	return "", err
}
