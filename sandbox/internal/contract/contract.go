package contract

import (
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A contract is one that a user was asked to sign. State is "" until then, and SIGNED,
// SIGN_FAILED or TERMINATED; what depends on the time is computed when it is looked at.
type contract struct {
	Key        string      `json:"key"`
	ID         string      `json:"id"` // contract_id
	Kind       kind        `json:"kind"`
	Mch        string      `json:"mch"`
	Sub        string      `json:"sub"`
	Body       play.Object `json:"body"` // of the pre-sign, without the identity of the user
	Print      string      `json:"print"`
	Token      string      `json:"token"` // pre_entrustweb_id
	Asked      time.Time   `json:"asked"` // when Token was given
	State      string      `json:"state"`
	OpenID     string      `json:"openid"`
	SubOpenID  string      `json:"sub_openid"`
	Signed     time.Time   `json:"signed"`
	Expires    time.Time   `json:"expires"`
	Terminated time.Time   `json:"terminated"`
	Mode       string      `json:"mode"` // contract_termination_mode
	Remark     string      `json:"remark"`
	Periods    []*period   `json:"periods"` // one where it is scheduled, those of an insurance

	// The prints of the calls that took effect last; "" before.
	TerminatedBy string `json:"terminated_by"`
	RenewedBy    string `json:"renewed_by"`
	ModifiedBy   string `json:"modified_by"`
	Cancelled    int64  `json:"cancelled"` // the period that ModifiedBy gave up
}

const (
	signWithin = 10 * time.Minute
	validYears = 10 // the pages have no term: that of a template is agreed on with WeChat Pay
)

func key(caller, sub string, planID int64, code string) string {
	return caller + "/" + sub + "/" + strconv.FormatInt(planID, 10) + "/" + code
}

// state is TERMINATED, too, when the term is over, and TO_BE_RENEWED for an insurance whose
// periods are.
func (c *contract) state(now time.Time) string {
	switch {
	case c.State != "SIGNED":
		return c.State
	case !now.Before(c.Expires):
		return "TERMINATED"
	case c.Kind == insurance:
		for _, p := range c.Periods {
			if !p.over(now) {
				return "SIGNED"
			}
		}
		return "TO_BE_RENEWED"
	}
	return "SIGNED"
}

func (c *contract) finished(now time.Time) bool {
	switch c.state(now) {
	case "":
		return now.After(c.Asked.Add(signWithin))
	case "SIGNED", "TO_BE_RENEWED":
		return false
	}
	return true
}

// payee is whose money a deduction is.
func (c *contract) payee() string {
	if c.Sub != "" {
		return c.Sub
	}
	return c.Mch
}

// parties are the fields that say whose a contract is.
func (c *contract) parties() play.Object {
	v := play.Object{}
	put := func(name, value string) {
		if value != "" {
			v[name] = value
		}
	}
	if c.Sub == "" {
		put("mchid", c.Mch)
		put("appid", c.Body.Text("appid"))
		put("openid", c.OpenID)
		return v
	}
	put("sp_mchid", c.Mch)
	put("sp_appid", c.Body.Text("sp_appid"))
	put("sp_openid", c.OpenID)
	put("sub_mchid", c.Sub)
	put("sub_appid", c.Body.Text("sub_appid"))
	put("sub_openid", c.SubOpenID)
	return v
}

// view is a contract with all that is known of it.
func (c *contract) view(now time.Time) play.Object {
	v := c.Body.Only("plan_id", "out_contract_code", "contract_display_account", "insured_display_name", "out_user_code")
	v = v.With(c.parties(), play.Object{"contract_id": c.ID, "contract_state": c.state(now)})
	if !c.Signed.IsZero() {
		v["contract_signed_time"], v["contract_expired_time"] = kit.Clock(c.Signed), kit.Clock(c.Expires)
	}
	if c.state(now) == "TERMINATED" {
		mode, at := c.Mode, c.Terminated
		if mode == "" { // the term is over
			mode, at = "SYSTEM_TERMINATE", c.Expires
		}
		end := play.Object{"contract_termination_mode": mode, "contract_terminated_time": kit.Clock(at)}
		if c.Remark != "" {
			end["contract_termination_remark"] = c.Remark
		}
		v["contract_terminate_info"] = end
	}
	if c.Kind == scheduled && len(c.Periods) > 0 {
		v["deduct_schedule"] = c.Periods[0].view(now)
	}
	return v
}

// tell sends a webhook about a contract.
func (c *contract) tell(t *kit.Turn, event, summary string) {
	family, original := "ENTRUST.", "entrust"
	if c.Kind == insurance {
		family, original = "INSURANCE_ENTRUST.", "insurance_entrust"
	}
	resource := c.view(t.Now)
	if schedule := resource.Object("deduct_schedule"); schedule != nil {
		resource["deduct_schedule"] = schedule.With(bothNames(schedule))
	}
	t.Tell(play.Event{
		URL: c.Body.Text("contract_notify_url"), Type: family + event, OriginalType: original, Summary: summary, Resource: resource,
	})
}

// bothNames returns the amounts of a schedule with both names of their values: the table of
// the page calls it amount, its sample total.
func bothNames(schedule play.Object) play.Object {
	amounts := play.Object{}
	for _, name := range []string{"estimated_deduct_amount", "scheduled_amount", "deduct_amount"} {
		if o := schedule.Object(name); o != nil {
			amounts[name] = o.With(play.Object{"amount": o["total"]})
		}
	}
	return amounts
}

func noContract() error { return kit.Missing(0, "协议不存在") }

// byCode returns the contract in the path, once it is signed or was refused.
func (b *Book) byCode(t *kit.Turn, s side, k kind) (*contract, error) {
	sub, err := s.sub(t)
	if err != nil {
		return nil, err
	}
	planID, _ := strconv.ParseInt(t.Vars["plan_id"], 10, 64) // the catalogue calls it a number
	c := b.state.Contracts.Get(key(t.Caller, sub, planID, t.Vars["out_contract_code"]))
	if c == nil || c.State == "" || (c.Kind == insurance) != (k == insurance) {
		return nil, noContract()
	}
	return c, nil
}

// named returns the signed contract whose contract_id stands in the body or the path, for its
// AppID.
func (b *Book) named(t *kit.Turn, s side) (*contract, error) {
	sub, err := s.sub(t)
	if err != nil {
		return nil, err
	}
	id := t.Vars["contract_id"]
	if id == "" {
		id = t.Body.Text("contract_id")
	}
	c := b.byID[id]
	if c == nil || c.Mch != t.Caller || c.Sub != sub || c.State == "" || t.Vars["plan_id"] != "" && t.Vars["plan_id"] != strconv.FormatInt(c.Body.Int("plan_id"), 10) {
		return nil, noContract()
	}
	for _, name := range []string{"appid", "sp_appid", "sub_appid"} {
		if t.Body.Has(name) && t.Body.Text(name) != c.Body.Text(name) {
			return nil, kit.Wrong("/"+name, name+" 与签约时不一致")
		}
	}
	return c, nil
}

func (b *Book) query(s side, k kind) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		c, err := b.byCode(t, s, k)
		if err != nil {
			return nil, err
		}
		return c.view(t.Now), nil
	}
}

func notSigned() error { return kit.Invalid(0, "协议不是签约状态") }

// terminate ends a contract for the merchant.
func (b *Book) terminate(s side, k kind) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		if err := kit.Longest(t.Body, "", "contract_termination_remark", 256); err != nil {
			return nil, err
		}
		c, err := b.byCode(t, s, k)
		if err != nil {
			return nil, err
		}
		mark := kit.Print(nil, t.Body)
		if c.TerminatedBy != mark {
			if err := c.end(t, "MCH_API_TERMINATE", t.Body.Text("contract_termination_remark")); err != nil {
				return nil, err
			}
			c.TerminatedBy = mark
		}
		return c.view(t.Now), nil
	}
}

func (c *contract) end(t *kit.Turn, mode, remark string) error {
	switch c.state(t.Now) {
	case "SIGNED", "TO_BE_RENEWED":
		c.State, c.Terminated, c.Mode, c.Remark = "TERMINATED", t.Now, mode, remark
		c.tell(t, "TERMINATE", "委托代扣解约成功")
		return nil
	}
	return notSigned()
}
