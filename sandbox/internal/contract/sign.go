package contract

import (
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

var codeForm = regexp.MustCompile(`^[0-9A-Za-z_|*-]{1,32}$`)

// presign gives what leads a user to a contract. The same again gives the same while it is
// valid, and then another.
func (b *Book) presign(s side, k kind) kit.Part {
	return func(t *kit.Turn) (play.Object, error) {
		code := t.Body.Text("out_contract_code")
		if !codeForm.MatchString(code) {
			return nil, kit.Wrong("/out_contract_code", "协议号应为 1 到 32 个数字、字母、_、-、| 或 *")
		}
		sub, err := s.sub(t)
		err = kit.First(err, kit.Whole(t.Body, "", "plan_id", 1, 1<<53), kit.NotifyURL(t.Body, "contract_notify_url"), checkPlans(t))
		if err != nil {
			return nil, err
		}
		id, mark := key(t.Caller, sub, t.Body.Int("plan_id"), code), kit.Print(nil, t.Body)
		c := b.state.Contracts.Get(id)
		switch {
		case c == nil:
			c = &contract{Key: id, Kind: k, Mch: t.Caller, Sub: sub, Body: t.Body.With(), Print: mark}
			delete(c.Body, "real_identity") // nothing needs it any more
			c.ID = fmt.Sprintf("%s%010d", t.Now.In(kit.Shanghai).Format("20060102"), b.next())
			b.keep(t, c)
		case c.State != "":
			return nil, kit.Invalid(0, "协议号已签约")
		case c.Print != mark || c.Kind != k:
			return nil, kit.Invalid(0, "协议号已使用且参数不一致")
		}
		if c.Token == "" || t.Now.After(c.Asked.Add(signWithin)) {
			c.Token, c.Asked = fmt.Sprintf("%032x", b.next()), t.Now
		}
		return c.ways(), nil
	}
}

func (b *Book) keep(t *kit.Turn, c *contract) {
	finished := func(c *contract) bool { return c.finished(t.Now) }
	b.state.Contracts.Add(c.Key, c, kit.Limit(b.Limit), finished, func(_ string, old *contract) { delete(b.byID, old.ID) })
	b.byID[c.ID] = c
}

// ways are the ways to the page on which a user signs: each kind of call gives its own.
func (c *contract) ways() play.Object {
	token := url.QueryEscape(c.Token)
	path, page := "/pages/sign?pre_entrustweb_id="+token, "https://payapp.weixin.qq.com/papay/sign?pre_entrustweb_id="+token
	return play.Object{
		"pre_entrustweb_id": c.Token, "redirect_url": page, "redirect_appid": "wxbd687630cd02ce1d", "redirect_path": path,
		"mini_program_username": "gh_papaysign", "mini_program_path": path,
		"miniprogram_username": "gh_papaysign", "miniprogram_path": path,
	}
}

// checkPlans checks what a contract says of its deductions.
func checkPlans(t *kit.Turn) error {
	if schedule := t.Body.Object("deduct_schedule"); schedule != nil {
		return checkPlan(schedule, "/deduct_schedule")
	}
	if t.Body.Has("amount") { // of an insurance, which is paid for when it is signed
		err := kit.First(
			checkAmount(t.Body, "", "amount"), kit.Needed(t.Body, "", "out_trade_no", "description", "transaction_notify_url"),
			kit.NotifyURL(t.Body, "transaction_notify_url"), checkNumber(t.Body))
		if err != nil {
			return err
		}
	}
	if !t.Body.Has("policy_periods") {
		return nil
	}
	_, err := readPeriods(t.Body)
	return err
}

// sign plays what a user does with a contract that waits for it.
func (b *Book) sign(now time.Time, emit func(play.Event), caller, subMchid string, planID int64, outContractCode, openid, subOpenID string, f func(*kit.Turn, *contract) error) (contractID string, err error) {
	return kit.Act(&b.mu, now, emit, caller, func(t *kit.Turn) (string, error) {
		c := b.state.Contracts.Get(key(caller, subMchid, planID, outContractCode))
		switch {
		case c == nil:
			return "", noContract()
		case c.State != "":
			return "", kit.Invalid(0, "协议号已签约")
		case now.After(c.Asked.Add(signWithin)):
			return "", kit.Invalid(0, "预签约已过期")
		case openid == "":
			return "", kit.Wrong("/openid", "openid 为空")
		case !wanted(c.Body, openid, "openid", "sp_openid") || !wanted(c.Body, subOpenID, "sub_openid"):
			return "", kit.Wrong("/openid", "openid 与预签约时不一致")
		}
		c.OpenID, c.SubOpenID = openid, subOpenID
		if err := f(t, c); err != nil {
			return "", err
		}
		return c.ID, nil
	})
}

// wanted tells whether a user is the one that the pre-sign names, if it names any.
func wanted(body play.Object, openid string, names ...string) bool {
	for _, name := range names {
		if body.Text(name) != "" && body.Text(name) != openid {
			return false
		}
	}
	return true
}

// Sign has a user sign a contract within ten minutes of its pre-sign, and returns the
// contract_id. subMchid is "" for a merchant's own; openid is that of the caller's AppID, and
// subOpenID that of sub_appid, where there is one. It sends ENTRUST.SIGN, or
// INSURANCE_ENTRUST.SIGN; an insurance that is paid at once sends TRANSACTION.SUCCESS too. As
// of all actions, emit may be nil, and errors are a [*play.Refusal].
func (b *Book) Sign(now time.Time, emit func(play.Event), caller, subMchid string, planID int64, outContractCode, openid, subOpenID string) (contractID string, err error) {
	return b.sign(now, emit, caller, subMchid, planID, outContractCode, openid, subOpenID, func(t *kit.Turn, c *contract) error {
		if c.Body.Has("amount") && b.state.Debits.Get(debitKey(caller, c.Body.Text("out_trade_no"))) != nil {
			return used()
		}
		c.State, c.Signed = "SIGNED", now
		c.Expires = now.AddDate(validYears, 0, 0)
		if schedule := c.Body.Object("deduct_schedule"); schedule != nil {
			c.Periods = []*period{planned(schedule)}
		}
		if c.Kind == insurance {
			c.Periods, _ = readPeriods(c.Body) // they were checked
		}
		c.tell(t, "SIGN", "委托代扣签约成功")
		if c.Body.Has("amount") {
			d := b.accept(t, c, c.Body, nil)
			b.settle(t, c, d)
		}
		return nil
	})
}

// FailToSign has a user agree to a contract that WeChat Pay refuses: it is SIGN_FAILED. No
// webhook tells of it.
func (b *Book) FailToSign(now time.Time, caller, subMchid string, planID int64, outContractCode, openid, subOpenID string) (contractID string, err error) {
	return b.sign(now, nil, caller, subMchid, planID, outContractCode, openid, subOpenID, func(_ *kit.Turn, c *contract) error {
		c.State = "SIGN_FAILED"
		return nil
	})
}

// Terminate has a user end a contract. It sends ENTRUST.TERMINATE, or
// INSURANCE_ENTRUST.TERMINATE.
func (b *Book) Terminate(now time.Time, emit func(play.Event), caller, contractID string) error {
	return kit.Do(&b.mu, now, emit, caller, func(t *kit.Turn) error {
		c := b.byID[contractID]
		if c == nil || c.Mch != caller || c.State == "" {
			return noContract()
		}
		return c.end(t, "USER_TERMINATE", "")
	})
}
