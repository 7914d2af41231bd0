package payscore

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// The numbers that WeChat Pay puts at the end of Request-ID.
const (
	rightsMissing = 268503786
	unpaidOrders  = 271299627
	wrongState    = 271302262
	unconfirmed   = 271302332
	cancelled     = 271302333
	debitFailed   = 271316574
	noCancel      = 271316592
	sameNumber    = 271316598 // with another body
	endsTooEarly  = 271316637
	tooDear       = 271316656
	notPayable    = 271316657
	noOrder       = 271317510
)

// An order is a service order. State is CREATED, DOING, DONE or REVOKED; that it is EXPIRED is
// computed when it is looked at.
type order struct {
	Key       string      `json:"key"`
	ID        string      `json:"id"` // order_id
	Mch       string      `json:"mch"`
	Sub       string      `json:"sub"`
	Body      play.Object `json:"body"` // as it was created, with what later calls changed
	Risk      int64       `json:"risk"` // the most that it may cost
	State     string      `json:"state"`
	Created   time.Time   `json:"created"`
	Confirmed time.Time   `json:"confirmed"`
	OpenID    string      `json:"openid"`     // of who confirmed
	SubOpenID string      `json:"sub_openid"` // of the same
	Total     int64       `json:"total"`      // once it is completed
	Details   []detail    `json:"details"`    // what was paid of Total
	Failing   bool        `json:"failing"`    // the last debit failed

	// The prints of the calls that took effect; "" before.
	CreatedBy   string `json:"created_by"`
	CompletedBy string `json:"completed_by"`
	ModifiedBy  string `json:"modified_by"`
	CancelledBy string `json:"cancelled_by"`
}

// A detail is a part of the total that was paid: by a debit, or as the merchant said.
type detail struct {
	Amount int64  `json:"amount"`
	Type   string `json:"type"` // NEWTON or MCH
	Time   string `json:"time"`
	ID     string `json:"id"`    // transaction_id; "" of MCH
	Print  string `json:"print"` // of the call that said so; "" of NEWTON
}

const confirmWithin = 30 * 24 * time.Hour

func (o *order) state(now time.Time) string {
	if o.State == "CREATED" && !now.Before(o.Created.Add(confirmWithin)) {
		return "EXPIRED"
	}
	return o.State
}

func (o *order) finished(now time.Time) bool {
	switch o.state(now) {
	case "CREATED", "DOING":
		return false
	}
	return true
}

func (o *order) paid() (sum int64) {
	for _, d := range o.Details {
		sum += d.Amount
	}
	return sum
}

// payable tells whether an order is being debited.
func (o *order) payable() bool { return o.State == "DOING" && o.CompletedBy != "" }

// payee is whose money a debit is.
func (o *order) payee() string {
	if o.Sub != "" {
		return o.Sub
	}
	return o.Mch
}

// moment is how the documentation writes times of orders.
const moment = "20060102150405"

// settle finishes an order of which nothing is left to pay.
func (o *order) settle() {
	if o.paid() == o.Total {
		o.State, o.Failing = "DONE", false
	}
}

// view is an order with all that is known of it.
func (o *order) view(now time.Time) play.Object {
	v := o.Body.With(play.Object{
		"mchid": o.Mch, "order_id": o.ID, "state": o.state(now),
		"package": "mch_id=" + o.Mch + "&order_id=" + o.ID,
	})
	for name, value := range map[string]string{"sub_mchid": o.Sub, "openid": o.OpenID, "sub_openid": o.SubOpenID} {
		if value != "" {
			v[name] = value
		}
	}
	if o.State == "DOING" {
		v["state_description"] = "USER_CONFIRM"
		if o.CompletedBy != "" {
			v["state_description"] = "MCH_COMPLETE"
		}
	}
	if o.CompletedBy != "" {
		v["total_amount"], v["need_collection"] = o.Total, o.Total > 0
		if o.Total > 0 {
			v["collection"] = o.collection()
		}
	}
	return v
}

func (o *order) collection() play.Object {
	paid := o.paid()
	c := play.Object{
		"state": "USER_PAYING", "total_amount": o.Total, "paying_amount": o.Total - paid, "paid_amount": paid,
	}
	if paid == o.Total {
		c["state"] = "USER_PAID"
	}
	list := make([]any, len(o.Details))
	for i, d := range o.Details {
		entry := play.Object{"seq": i + 1, "amount": d.Amount, "paid_type": d.Type, "paid_time": d.Time}
		if d.ID != "" {
			entry["transaction_id"] = d.ID
		}
		list[i] = entry
	}
	if len(list) > 0 {
		c["details"] = list
	}
	return c
}

// told are the fields of an order that its webhooks have.
var told = []string{
	"service_id", "appid", "mchid", "sub_appid", "sub_mchid", "out_order_no", "openid", "sub_openid", "state",
	"state_description", "service_introduction", "total_amount", "post_payments", "post_discounts", "risk_fund",
	"time_range", "location", "attach", "order_id", "need_collection", "collection",
}

func (o *order) tell(t *kit.Turn, event, summary string) {
	t.Tell(play.Event{
		URL: o.Body.Text("notify_url"), Type: "PAYSCORE." + event, OriginalType: "payscore", Summary: summary,
		Resource: o.view(t.Now).Only(told...),
	})
}

func orderKey(caller, sub, outOrderNo string) string { return caller + "/" + sub + "/" + outOrderNo }

// find returns the order of a request, for its service and its AppID.
func (b *Book) find(t *kit.Turn, s side) (*order, error) {
	sub, err := s.sub(t)
	if err != nil {
		return nil, err
	}
	o := b.state.Orders.Get(orderKey(t.Caller, sub, given(t, "out_order_no")))
	if o == nil {
		return nil, kit.Missing(noOrder, "单据不存在")
	}
	return o, matching(t, o.Body, "service_id", "appid")
}

// matching checks what a later request says of an order, as far as it does.
func matching(t *kit.Turn, body play.Object, names ...string) error {
	for _, name := range names {
		switch {
		case t.Body.Has(name) && t.Body.Text(name) != body.Text(name):
			return kit.Wrong("/"+name, name+" 与创建时不一致")
		case t.Query.Has(name) && t.Query.Get(name) != body.Text(name):
			return play.WrongField("query", name, name+" 与创建时不一致")
		}
	}
	return nil
}

// query finds an order by its number, or by the query_id that its confirmation gave.
func (b *Book) query(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		number, id := t.Query.Get("out_order_no"), t.Query.Get("query_id")
		if (number == "") == (id == "") {
			return nil, play.WrongField("query", "out_order_no", "out_order_no 和 query_id 应填写其中一个")
		}
		if number == "" {
			sub, err := s.sub(t)
			o := b.byID[orderID(id)]
			switch {
			case err != nil:
				return nil, err
			case o == nil || o.Mch != t.Caller || o.Sub != sub:
				return nil, kit.Missing(noOrder, "单据不存在")
			}
			return o.view(t.Now), matching(t, o.Body, "service_id", "appid")
		}
		o, err := b.find(t, s)
		if err != nil {
			return nil, err
		}
		return o.view(t.Now), nil
	}
}
