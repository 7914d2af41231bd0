package sharing_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// add adds receivers of the caller, or of its sub-merchant.
func (w *world) add(t *testing.T, subMchid string, list ...play.Object) {
	t.Helper()
	for _, r := range list {
		body := play.Object{"appid": appid, "relation_type": "STORE"}.With(r.Only("type", "account"))
		if body.Text("type") == "MERCHANT_ID" {
			body["name"] = "示例商户全称"
		}
		if subMchid != "" {
			body["sub_mchid"], body["sub_appid"] = subMchid, appid
		}
		w.OK(t, "POST", adds, body)
	}
}

func merchant(account string, amount int) play.Object {
	return play.Object{"type": "MERCHANT_ID", "account": account, "amount": amount, "description": "分给商户"}
}

func person(account string, amount int) play.Object {
	return play.Object{"type": "PERSONAL_OPENID", "account": account, "amount": amount, "description": "分给个人"}
}

func list(objects ...play.Object) []any {
	values := make([]any, len(objects))
	for i, o := range objects {
		values[i] = o
	}
	return values
}

// sharing is the body of a request to share.
func (w *world) sharing(id string, receivers ...play.Object) play.Object {
	return play.Object{
		"appid": appid, "transaction_id": id, "out_order_no": w.no(), "receivers": list(receivers...), "unfreeze_unsplit": false,
	}
}

func (w *world) share(t *testing.T, id string, receivers ...play.Object) play.Object {
	t.Helper()
	return w.OK(t, "POST", shares, w.sharing(id, receivers...))
}

func (w *world) unfreezing(id string) play.Object {
	return play.Object{"transaction_id": id, "out_order_no": w.no(), "description": "解冻全部剩余资金"}
}

// get queries a request by its reply.
func (w *world) get(t *testing.T, share play.Object) play.Object {
	t.Helper()
	q := url.Values{"transaction_id": {share.Text("transaction_id")}}
	if share.Has("sub_mchid") {
		q.Set("sub_mchid", share.Text("sub_mchid"))
	}
	return w.OK(t, "GET", shares+"/"+share.Text("out_order_no")+"?"+q.Encode(), nil)
}

// results are those of the receivers of a request, each with its reason.
func (w *world) results(t *testing.T, share play.Object) []string {
	t.Helper()
	parts := w.get(t, share).List("receivers")
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = strings.TrimSpace(p.Text("result") + " " + p.Text("fail_reason"))
	}
	return all
}

func (w *world) returning(share play.Object, from string, amount int) play.Object {
	return play.Object{
		"out_order_no": share.Text("out_order_no"), "out_return_no": w.no(), "return_mchid": from, "amount": amount, "description": "退货",
	}
}

func (w *world) left(t *testing.T, id string) int64 {
	t.Helper()
	return w.OK(t, "GET", base+"/transactions/"+id+"/amounts", nil).Int("unsplit_amount")
}

func (w *world) balance(mchid string) int64 { return w.ledger.Balance(ledger.Merchant(mchid)) }

func (w *world) frozen(mchid string) int64 { return w.ledger.Balance(ledger.Frozen(mchid)) }

// spend has a merchant pay somebody.
func (w *world) spend(t *testing.T, mchid string, amount int64) {
	t.Helper()
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.Now, Kind: "transfer", From: ledger.Merchant(mchid), To: ledger.World, Amount: amount}))
}

// thaw takes away what is frozen, of no order.
func (w *world) thaw(t *testing.T, amount int64) {
	t.Helper()
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.Now, Kind: "refund", From: ledger.Frozen(mchid), To: ledger.World, Amount: amount}))
}
