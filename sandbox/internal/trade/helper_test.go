package trade_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
)

const (
	directly = "/v3/pay/transactions"
	partner  = "/v3/pay/partner/transactions"
	combine  = "/v3/combine-transactions"
	refunds  = "/v3/refund/domestic/refunds"

	mchid = "1900000001"
	sub   = "1900000109"
	appid = "wxd678efh567hg6787"
	user  = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	hook  = "https://merchant.example.com/paid"
)

// A world is a Book with a clock, and what it sent.
type world struct {
	*kittest.World
	book    *trade.Book
	money   *ledger.Ledger
	numbers int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{money: ledger.New()}
	w.book = trade.New(w.money)
	w.World = kittest.New(w.book.Handlers())
	w.Caller = mchid
	// The examples of the documentation have them, and merchants compare payer_total.
	w.Unlisted = []string{"payer", "amount.payer_total", "amount.payer_currency"}
	return w
}

func (w *world) no() string {
	w.numbers++
	return fmt.Sprintf("no_%06d", w.numbers)
}

func marshalled(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// An order is a request to prepay, and where its order is to be found.
type order struct {
	path string
	body play.Object
}

func (o order) number() string { return o.body.Text("out_trade_no") }

// prefix is the path of its endpoints.
func (o order) prefix() string {
	if strings.HasPrefix(o.path, partner) {
		return partner
	}
	return directly
}

// who are the merchants, as a query and a body name them.
func (o order) who() play.Object { return o.body.Only("mchid", "sp_mchid", "sub_mchid") }

func (o order) query() string {
	q := url.Values{}
	for name := range o.who() {
		q.Set(name, o.body.Text(name))
	}
	return "?" + q.Encode()
}

func (o order) at(action string) string {
	return strings.TrimSuffix(o.prefix()+"/out-trade-no/"+o.number()+"/"+action, "/")
}

// order is a request of the usual merchant, whose body edits change.
func (w *world) order(product string, edits ...play.Object) order {
	body := play.Object{"appid": appid, "mchid": mchid}
	if strings.HasPrefix(product, partner) {
		body = play.Object{"sp_appid": appid, "sp_mchid": mchid, "sub_mchid": sub}
	}
	body = body.With(play.Object{
		"description": "书", "out_trade_no": w.no(), "notify_url": hook, "amount": play.Object{"total": 1000, "currency": "CNY"},
	})
	switch kind := product[strings.LastIndex(product, "/")+1:]; kind {
	case "jsapi", "jsapi-with-contract", "miniprogram", "scannedpos":
		body["payer"] = play.Object{"openid": user}
		if body.Has("sp_mchid") {
			body["payer"] = play.Object{"sp_openid": user}
		}
	case "codepay":
		w.Lacking = []string{"notify_url"} // of queries, whose page knows no payment codes
		delete(body, "notify_url")
		body["payer"] = play.Object{"auth_code": "130061098828009406"}
		body["scene_info"] = play.Object{"store_info": play.Object{"id": "0001"}}
	case "h5":
		body["scene_info"] = play.Object{"payer_client_ip": "203.0.113.5", "h5_info": play.Object{"type": "Wap"}}
	}
	switch {
	case strings.HasSuffix(product, "/scannedpos"):
		body["scene_info"] = play.Object{"payer_client_ip": "203.0.113.5", "store_info": play.Object{"id": "0001"}}
	case strings.HasSuffix(product, "/jsapi-with-contract"):
		body["contract_info"] = play.Object{}
	case strings.HasSuffix(product, "/app-with-contract"):
		contract := play.Object{}
		for _, name := range []string{"plan_id", "contract_mchid", "contract_appid", "contract_code", "request_serial", "contract_display_account"} {
			contract[name] = "1"
		}
		body["contract_info"] = contract
	}
	return order{product, body.With(edits...)}
}

// place places an order.
func (w *world) place(t *testing.T, product string, edits ...play.Object) order {
	t.Helper()
	o := w.order(product, edits...)
	w.OK(t, "POST", o.path, o.body)
	return o
}

// pay places an order and has it paid.
func (w *world) pay(t *testing.T, product string, edits ...play.Object) (o order, id string) {
	t.Helper()
	o = w.place(t, product, edits...)
	id, err := w.book.Pay(w.Now, w.Emit, w.Caller, o.number())
	require.NoError(t, err)
	return o, id
}

func (w *world) get(t *testing.T, o order) play.Object {
	t.Helper()
	return w.OK(t, "GET", o.at("")+o.query(), nil)
}

func (w *world) state(t *testing.T, o order) string {
	t.Helper()
	return w.get(t, o).Text("trade_state")
}

func costs(total int) play.Object {
	return play.Object{"amount": play.Object{"total": total, "currency": "CNY"}}
}

var sharing = play.Object{"settle_info": play.Object{"profit_sharing": true}}
