package sharing

import (
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const maxReceivers = 20_000 // of a merchant

const (
	merchantID = "MERCHANT_ID"
	subOpenID  = "PERSONAL_SUB_OPENID"
)

// A receiver is one that was added.
type receiver struct {
	Name     string `json:"name,omitempty"`
	Relation string `json:"relation"`
	Custom   string `json:"custom,omitempty"`
}

// receiverKey returns the key of a receiver: each merchant has its own.
func receiverKey(caller, sub, kind, account string) string {
	return caller + "/" + sub + "/" + kind + "/" + account
}

func keyOf(t *turn) string {
	return receiverKey(t.Caller, t.Body.Text("sub_mchid"), t.Body.Text("type"), t.Body.Text("account"))
}

// addReceiver adds a receiver. One that was added before stays as it is.
func addReceiver(t *turn) (any, error) {
	body := t.Body
	if err := kit.First(checkReceiver(t), checkRelation(body), kit.Length(body, "", "name", 0, 1024)); err != nil {
		return nil, err
	}
	if body.Text("type") == merchantID && body.Text("name") == "" {
		return nil, kit.Wrong("/name", "接收方类型为 MERCHANT_ID 时必填商户全称")
	}
	r, known := t.state().Receivers[keyOf(t)]
	if !known {
		count := key(t.Caller, body.Text("sub_mchid"))
		if t.state().Counts[count] >= maxReceivers {
			return nil, kit.Invalid(0, "分账接收方数量已达上限")
		}
		t.state().Counts[count]++
		r = receiver{body.Text("name"), body.Text("relation_type"), body.Text("custom_relation")}
		t.state().Receivers[keyOf(t)] = r
	}
	reply := body.Only("sub_mchid", "type", "account").With(play.Object{"relation_type": r.Relation})
	if r.Name != "" {
		reply["name"] = r.Name
	}
	if r.Custom != "" {
		reply["custom_relation"] = r.Custom
	}
	return reply, nil
}

func deleteReceiver(t *turn) (any, error) {
	if err := checkReceiver(t); err != nil {
		return nil, err
	}
	if _, known := t.state().Receivers[keyOf(t)]; !known {
		return nil, kit.Invalid(0, "分账接收方关系不存在")
	}
	delete(t.state().Receivers, keyOf(t))
	count := key(t.Caller, t.Body.Text("sub_mchid"))
	if t.state().Counts[count]--; t.state().Counts[count] == 0 {
		delete(t.state().Counts, count)
	}
	return t.Body.Only("sub_mchid", "type", "account"), nil
}

// checkReceiver checks what names a receiver.
func checkReceiver(t *turn) error {
	sub, payer := t.Body.Text("sub_mchid"), t.Caller
	if sub != "" {
		payer = sub
	}
	if err := kit.First(checkSub("body", "/sub_mchid", t.Caller, sub), checkAccount(t.Body, "", payer, sub != "")); err != nil {
		return err
	}
	if t.Body.Text("type") == subOpenID && t.Body.Text("sub_appid") == "" {
		return kit.Wrong("/sub_appid", "接收方类型为 PERSONAL_SUB_OPENID 时必填")
	}
	return nil
}

// checkAccount checks the type and the account of a receiver.
func checkAccount(o play.Object, at, payer string, partner bool) error {
	account := o.Text("account")
	switch kind := o.Text("type"); {
	case kind == subOpenID && !partner:
		return kit.Wrong(at+"/type", "PERSONAL_SUB_OPENID 仅用于服务商模式")
	case kind != merchantID:
		return kit.Length(o, at, "account", 1, 64)
	case !mchidForm.MatchString(account):
		return kit.Wrong(at+"/account", "商户号应为数字")
	case account == payer:
		return kit.Invalid(0, "分账接收方不能是分账方")
	}
	return nil
}

func checkRelation(body play.Object) error {
	switch body.Text("relation_type") {
	case "SERVICE_PROVIDER":
		if body.Text("sub_mchid") == "" {
			return kit.Wrong("/relation_type", "SERVICE_PROVIDER 仅用于服务商模式")
		}
	case "CUSTOM":
		return kit.Length(body, "", "custom_relation", 1, 10)
	}
	return nil
}
