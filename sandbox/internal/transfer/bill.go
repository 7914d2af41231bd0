package transfer

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	confirmWithin = 24 * time.Hour
	queryWindow   = 30 * 24 * time.Hour // older ones are found in the console only
	maxRedPacket  = 200_00
)

// The states of a bill.
const (
	accepted     = "ACCEPTED"
	waiting      = "WAIT_USER_CONFIRM"
	transferring = "TRANSFERING" //nolint:misspell // as WeChat Pay spells it
	success      = "SUCCESS"
	fail         = "FAIL"
	canceling    = "CANCELING"
	canceled     = "CANCELLED"
)

// A bill is a transfer that the user confirms.
type bill struct {
	Caller  string    `json:"caller"`
	No      string    `json:"no"` // out_bill_no
	ID      string    `json:"id"` // transfer_bill_no
	Print   string    `json:"print"`
	AppID   string    `json:"appid"`
	OpenID  string    `json:"openid"`
	Name    string    `json:"name,omitempty"`
	Amount  int64     `json:"amount"`
	Remark  string    `json:"remark"`
	Notify  string    `json:"notify,omitempty"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Due     time.Time `json:"due"` // of what WeChat Pay does next
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func (b *bill) key() string { return billKey(b.Caller, b.No) }

// final reports whether the money was paid or given back.
func (b *bill) final() bool { return b.State == success || b.State == fail || b.State == canceled }

// createBill accepts a transfer. The same number and body give what became of it.
func createBill(t *turn) (play.Object, error) {
	body := t.Body
	if err := checkNumber(body, "", "out_bill_no", 1); err != nil {
		return nil, err
	}
	mark := kit.Digest(body.Canonical())
	if known := t.state().Bills[billKey(t.Caller, body.Text("out_bill_no"))]; known != nil {
		if known.Print != mark {
			return nil, kit.Invalid(0, "商户单号已存在，且请求参数与原单不一致")
		}
		t.lookBill(known)
		return known.created(), nil
	}
	err := kit.First(t.checkAppID(), checkPayee(body, ""), checkScene(body), checkStyle(body))
	if err != nil {
		return nil, err
	}
	b := &bill{
		Caller: t.Caller, No: body.Text("out_bill_no"), ID: t.id("133"), Print: mark, AppID: body.Text("appid"),
		OpenID: body.Text("openid"), Name: body.Text("user_name"), Amount: body.Int("transfer_amount"),
		Remark: body.Text("transfer_remark"), Notify: body.Text("notify_url"), State: accepted, Created: t.Now, Updated: t.Now,
	}
	if err := t.hold(b.Amount, b.No, b.ID); err != nil {
		return nil, err
	}
	if t.later(b); t.book.Delay == 0 {
		b.State = waiting
	}
	t.state().Bills[b.key()] = b
	t.book.ids[t.Caller+"/"+b.ID] = b.key()
	t.book.due.Add(b.Created.Add(confirmWithin), b.key())
	t.keep(b.key(), 1)
	return b.created(), nil
}

func checkStyle(body play.Object) error {
	if body.Text("user_recv_style.type") == "RED_PACKET" && body.Int("transfer_amount") > maxRedPacket {
		return kit.Wrong("/transfer_amount", "红包样式的转账金额不能超过 200 元")
	}
	return nil
}

// later notes when WeChat Pay does what is next.
func (t *turn) later(b *bill) {
	b.Due, b.Updated = t.Now.Add(t.book.Delay), t.Now
	t.book.due.Add(b.Due, b.key())
}

// lookBill does what is due of a bill.
func (t *turn) lookBill(b *bill) {
	isDue := !b.Due.After(t.Now)
	if b.State == accepted && isDue {
		b.State, b.Updated = waiting, t.Now
	}
	switch {
	case b.State == waiting && !t.Now.Before(b.Created.Add(confirmWithin)):
		t.finishBill(b, fail, "OVERDUE_CLOSE")
	case b.State == transferring && isDue:
		t.finishBill(b, success, "")
	case b.State == canceling && isDue:
		t.finishBill(b, canceled, "")
	}
}

// finishBill pays or gives back what the bill holds, and tells the merchant.
func (t *turn) finishBill(b *bill, state, reason string) {
	b.State, b.Reason, b.Updated = state, reason, t.Now
	if state == success {
		t.pay(b.Caller, b.Amount, b.No, b.ID)
	} else {
		t.giveBack(b.Caller, b.Amount, b.No, b.ID)
	}
	resource := b.view().Only("out_bill_no", "transfer_bill_no", "state", "mch_id", "transfer_amount", "openid", "fail_reason",
		"create_time", "update_time")
	t.Tell(play.Event{
		URL: b.Notify, Type: "MCHTRANSFER.BILL.FINISHED", OriginalType: "mch_payment", Summary: "商家转账单据终态通知", Resource: resource,
	})
}

// found returns a bill that may be queried.
func (t *turn) found(key string) (*bill, error) {
	b := t.state().Bills[key]
	if b == nil || t.Now.After(b.Created.Add(queryWindow)) {
		return nil, missing()
	}
	t.lookBill(b)
	return b, nil
}

func getBill(t *turn) (play.Object, error) {
	key := billKey(t.Caller, t.Vars["out_bill_no"])
	if id, ok := t.Vars["transfer_bill_no"]; ok {
		key = t.book.ids[t.Caller+"/"+id]
	}
	b, err := t.found(key)
	if err != nil {
		return nil, err
	}
	return b.view(), nil
}

// cancelBill gives the money back, unless the user has confirmed.
func cancelBill(t *turn) (play.Object, error) {
	b, err := t.found(billKey(t.Caller, t.Vars["out_bill_no"]))
	if err != nil {
		return nil, err
	}
	switch b.State {
	case accepted, waiting:
		b.State = canceling
		t.later(b)
	case canceling, canceled:
	default:
		return nil, kit.Invalid(0, "当前单据状态不支持撤销")
	}
	return b.view().Only("out_bill_no", "transfer_bill_no", "state", "update_time"), nil
}

// created is the reply to who creates a bill; only a user that may confirm needs the package.
func (b *bill) created() play.Object {
	reply := b.view().Only("out_bill_no", "transfer_bill_no", "create_time", "state", "fail_reason")
	if b.State == waiting {
		sum := sha256.Sum256([]byte(b.ID))
		reply["package_info"] = base64.StdEncoding.EncodeToString(sum[:])
	}
	return reply
}

func (b *bill) view() play.Object {
	view := play.Object{
		"mch_id": b.Caller, "out_bill_no": b.No, "transfer_bill_no": b.ID, "appid": b.AppID, "state": b.State,
		"transfer_amount": b.Amount, "transfer_remark": b.Remark, "openid": b.OpenID,
		"create_time": kit.Clock(b.Created), "update_time": kit.Clock(b.Updated),
	}
	if b.Name != "" {
		view["user_name"] = b.Name
	}
	if b.Reason != "" {
		view["fail_reason"] = b.Reason
	}
	return view
}
