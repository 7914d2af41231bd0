package transfer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/transfer"
)

const (
	bills   = "/v3/fund-app/mch-transfer/transfer-bills"
	sign    = "/v3/fund-app/mch-transfer/elecsign"
	batches = "/v3/transfer/batches"
	mchid   = "1900000109"
	other   = "1900000110"
	openid  = "o-MYE42l80oelYMDE34nYD456Xoy"
	appid   = "wxf636efh567hg4356"
	hook    = "https://shop.example.com/transfer"
	funds   = 1_000_000
)

// A world is a Book with a ledger, and a merchant who has funds.
type world struct {
	*kittest.World
	book    *transfer.Book
	ledger  *ledger.Ledger
	numbers int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ledger: ledger.New()}
	w.book = transfer.New(w.ledger)
	w.World = kittest.New(w.book.Handlers())
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.Now, Kind: "pay", From: ledger.World, To: ledger.Merchant(mchid), Amount: funds}))
	return w
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("NO%06d", w.numbers)
}

func (w *world) balance() int64 { return w.ledger.Balance(ledger.Merchant(mchid)) }

func (w *world) held() int64 { return w.ledger.Balance("transfer:" + mchid) }

// paid is what users got.
func (w *world) paid() int64 { return w.ledger.Balance(ledger.World) + funds }

func infos(types ...string) []any {
	list := make([]any, len(types))
	for i, kind := range types {
		list[i] = map[string]any{"info_type": kind, "info_content": "内容"}
	}
	return list
}

// billing is the body of a transfer.
func (w *world) billing(amount int) play.Object {
	return play.Object{
		"appid": appid, "out_bill_no": w.no(), "openid": openid, "transfer_amount": amount, "transfer_remark": "活动奖励",
		"notify_url": hook, "transfer_scene_id": "1000", "transfer_scene_report_infos": infos("活动名称", "奖励说明"),
	}
}

// transfer creates a bill of a user with a name, and returns its number.
func (w *world) transfer(t *testing.T, amount int) string {
	t.Helper()
	return w.OK(t, "POST", bills, kittest.With(w.billing(amount), "user_name", "张三")).Text("out_bill_no")
}

func (w *world) get(t *testing.T, no string) play.Object {
	t.Helper()
	return w.OK(t, "GET", bills+"/out-bill-no/"+no, nil)
}

func (w *world) cancel(t *testing.T, no string) play.Object {
	t.Helper()
	return w.OK(t, "POST", bills+"/out-bill-no/"+no+"/cancel", nil)
}

// batching is the body of a batch.
func (w *world) batching(amounts ...int) play.Object {
	details, sum := make([]any, len(amounts)), 0
	for i, amount := range amounts {
		sum += amount
		details[i] = map[string]any{
			"out_detail_no": fmt.Sprintf("DETAIL%d", i), "transfer_amount": amount, "transfer_remark": "报销",
			"openid": fmt.Sprint(openid, i), "user_name": "张三",
		}
	}
	return play.Object{
		"appid": appid, "out_batch_no": w.no(), "batch_name": "报销单", "batch_remark": "四月", "total_amount": sum,
		"total_num": len(amounts), "transfer_detail_list": details, "transfer_scene_id": "1001", "notify_url": hook,
	}
}

func (w *world) batch(t *testing.T, amounts ...int) string {
	t.Helper()
	return w.OK(t, "POST", batches, w.batching(amounts...)).Text("out_batch_no")
}

func (w *world) getBatch(t *testing.T, no, query string) play.Object {
	t.Helper()
	return w.OK(t, "GET", batches+"/out-batch-no/"+no+"?"+query, nil)
}
