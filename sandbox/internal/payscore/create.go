package payscore

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

var numberForm = regexp.MustCompile(`^[0-9A-Za-z_|-]{1,32}$`)

// riskNames: of the last the user pays after the service, of the others it is a deposit less.
var riskNames = []string{"DEPOSIT", "ADVANCE", "CASH_DEPOSIT", later}

const later = "ESTIMATE_ORDER_COST"

// create makes an order that its user has to confirm, or one of a user who authorised it.
func (b *Book) create(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		return b.once(t, s, func() error {
			risk := t.Body.Object("risk_fund")
			if !slices.Contains(riskNames, risk.Text("name")) {
				return kit.Wrong("/risk_fund/name", "风险金名称错误")
			}
			return kit.First(
				kit.Whole(risk, "/risk_fund", "amount", 1, b.serviceLimit()), kit.Longest(risk, "/risk_fund", "description", 32),
				checkEstimate(t.Body), checkStart(t))
		}, func(o *order) error {
			o.Risk = b.serviceLimit()
			if risk := o.Body.Object("risk_fund"); risk.Text("name") != later {
				o.Risk = risk.Int("amount")
			}
			if t.Body.Get("need_user_confirm") == false {
				return b.begin(t, o)
			}
			return nil
		})
	}
}

// directComplete makes an order and completes it at once. Only a user who authorised the
// service can be charged so.
func (b *Book) directComplete(s side) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		var total int64
		return b.once(t, s, func() (err error) {
			if err := kit.First(checkStart(t), b.checkEnd(t, t.Body, t.Now)); err != nil {
				return err
			}
			total, err = checkSum(t.Body)
			return err
		}, func(o *order) error {
			o.Risk = b.serviceLimit()
			if total > o.Risk {
				return kit.Invalid(tooDear, "总金额超过服务的限额")
			}
			if err := b.begin(t, o); err != nil {
				return err
			}
			o.CompletedBy, o.Total = o.CreatedBy, total
			o.settle()
			return nil
		})
	}
}

// once makes an order where its number is new: check looks at the request alone.
func (b *Book) once(t *kit.Turn, s side, check func() error, begin func(*order) error) (play.Object, error) {
	number := t.Body.Text("out_order_no")
	if !numberForm.MatchString(number) {
		return nil, kit.Wrong("/out_order_no", "单号应为 1 到 32 个数字、字母、_、- 或 |")
	}
	sub, err := s.sub(t)
	err = kit.First(
		err, kit.NotifyURL(t.Body, "notify_url"), kit.Longest(t.Body, "", "attach", 256),
		kit.Longest(t.Body, "", "service_introduction", 20), check())
	if err != nil {
		return nil, err
	}
	key, mark := orderKey(t.Caller, sub, number), kit.Print(nil, t.Body)
	if o := b.state.Orders.Get(key); o != nil {
		if o.CreatedBy != mark {
			return nil, kit.Invalid(sameNumber, "单号已使用且参数不一致")
		}
		return o.view(t.Now), nil
	}
	o := &order{
		Key: key, Mch: t.Caller, Sub: sub, State: "CREATED", Created: t.Now, CreatedBy: mark, Body: t.Body.With(),
	}
	delete(o.Body, "openid") // it is shown when the user agreed
	delete(o.Body, "sub_openid")
	if err := begin(o); err != nil {
		return nil, err
	}
	o.ID = fmt.Sprintf("1%019d", b.next())
	b.keep(t, o)
	return o.view(t.Now), nil
}

func (b *Book) keep(t *kit.Turn, o *order) {
	b.byID[o.ID] = o
	b.count(o)
	finished := func(o *order) bool { return o.finished(t.Now) }
	b.state.Orders.Add(o.Key, o, kit.Limit(b.Limit), finished, func(_ string, old *order) {
		delete(b.byID, old.ID)
		b.uncount(old)
	})
}

// begin starts an order without its confirmation, where the user authorised the service.
func (b *Book) begin(t *kit.Turn, o *order) error {
	openid, subOpenID := t.Body.Text("openid"), t.Body.Text("sub_openid")
	if openid == "" && subOpenID == "" {
		return kit.Wrong("/openid", "免确认订单应填写 openid")
	}
	p := b.granted(t.Caller, o.Sub, o.Body.Text("service_id"), openid, subOpenID)
	if p == nil {
		return kit.Refuse(403, "NO_AUTH", rightsMissing, "用户未授权该服务")
	}
	return b.agree(t, o, p.OpenID, p.SubOpenID)
}

// mostOpen is how many orders a user may have at a time.
const mostOpen = 3

// agree makes an order that of a user. Nobody may have many open ones, or more while a debit
// of one fails; the documentation counts by person, of whom this Book knows the openid.
func (b *Book) agree(t *kit.Turn, o *order, openid, subOpenID string) error {
	open := b.doing[user(o.Mch, openid, subOpenID)]
	for _, other := range open {
		if other.Failing {
			return kit.Invalid(unpaidOrders, "用户存在待支付的订单")
		}
	}
	if len(open) >= mostOpen {
		return kit.Invalid(0, "用户进行中的订单过多")
	}
	o.State, o.Confirmed, o.OpenID, o.SubOpenID = "DOING", t.Now, openid, subOpenID
	return nil
}

// user is who has an order, as a key of doing.
func user(mch, openid, subOpenID string) string {
	if openid != "" {
		return mch + "/" + openid
	}
	return mch + "//" + subOpenID
}

func (o *order) user() string { return user(o.Mch, o.OpenID, o.SubOpenID) }

// count keeps doing right after a change of an order.
func (b *Book) count(o *order) {
	if o.State != "DOING" {
		b.uncount(o)
		return
	}
	owner := o.user()
	if b.doing[owner] == nil {
		b.doing[owner] = map[string]*order{}
	}
	b.doing[owner][o.Key] = o
}

func (b *Book) uncount(o *order) {
	owner := o.user()
	if delete(b.doing[owner], o.Key); len(b.doing[owner]) == 0 {
		delete(b.doing, owner)
	}
}
