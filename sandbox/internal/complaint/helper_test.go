package complaint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const (
	caller = "1900000109"
	list   = "/v3/merchant-service/complaints-v2"
	hook   = "https://shop.example.com/complaints"
	place  = "/v3/merchant-service/complaint-notifications"
)

// A world is a Book whose caller set an address.
type world struct {
	*kittest.World
	book *complaint.Book
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{book: complaint.New()}
	w.World = kittest.New(w.book.Handlers())
	w.OK(t, "POST", place, play.Object{"url": hook})
	for _, id := range []string{"m/1+=", "m2", "m3", "m4", "m5"} {
		w.book.AddImage(id, []byte(id))
	}
	return w
}

func about(order string) complaint.Case {
	return complaint.Case{
		TransactionID: "42000000" + order, OutTradeNo: order, Amount: 1000, OpenID: "o1", Phone: "18500000000",
		Text: "没有收到", Type: "REFUND", Refund: 900,
	}
}

func (w *world) complain(t *testing.T, c complaint.Case) string {
	t.Helper()
	id, err := w.book.Complain(w.Now, w.Emit, w.Caller, c)
	require.NoError(t, err)
	return id
}

// a complaint about an order, whose webhook was received.
func (w *world) a(t *testing.T, order string) string {
	t.Helper()
	id := w.complain(t, about(order))
	w.Events()
	return id
}

func path(id, action string) string { return list + "/" + id + "/" + action }

func reply(more ...play.Object) play.Object {
	return play.Object{"complainted_mchid": caller, "response_content": "已发货"}.With(more...)
}

func (w *world) get(t *testing.T, id string) play.Object {
	t.Helper()
	return w.OK(t, "GET", list+"/"+id, nil)
}

func (w *world) state(t *testing.T, id string) string {
	t.Helper()
	return w.get(t, id).Text("complaint_state")
}

// actions are the action_types of the webhooks so far.
func (w *world) actions(t *testing.T) []string {
	t.Helper()
	events := w.Events()
	actions := make([]string, 0, len(events))
	for _, e := range events {
		actions = append(actions, kittest.Wire(t, e.Resource).Text("action_type"))
	}
	return actions
}

// logs are the operate_types of the history.
func (w *world) logs(t *testing.T, id string) []string {
	t.Helper()
	data := w.OK(t, "GET", path(id, "negotiation-historys"), nil).List("data")
	types := make([]string, len(data))
	for i, line := range data {
		types[i] = line.Text("operate_type")
	}
	return types
}
