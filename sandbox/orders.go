package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// States of an order, as trade_state has them.
const (
	stateNotPaid = "NOTPAY"
	statePaid    = "SUCCESS"
	stateClosed  = "CLOSED"
)

// An order is what prepay creates. transactionID and paidAt are set once it is paid.
type order struct {
	number, prepayID, state, transactionID string
	request                                string // canonical JSON
	paidAt                                 time.Time
}

type orderBook struct {
	byNumber      map[string]*order // by out_trade_no
	byTransaction map[string]*order
}

func newOrderBook() orderBook {
	return orderBook{byNumber: map[string]*order{}, byTransaction: map[string]*order{}}
}

// prepay is POST /v3/pay/transactions/jsapi-with-contract. The same order twice
// gives the same prepay_id; the same number with other fields is refused.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012530178
func (g *Gateway) prepay(r *Request) *Reply {
	body, refusal := decodeBody(r.Body, jsapiWithContract)
	if refusal != nil {
		return refusal
	}
	if body["mchid"] != g.credentials.MchID {
		return paramError("/mchid", "body", "与签名的商户号不一致")
	}
	request, err := json.Marshal(body) // sorted by key, hence the same for the same order
	if err != nil {
		return paramError("", "body", err.Error())
	}
	number := gjson.GetBytes(request, "out_trade_no").String()

	g.mu.Lock()
	defer g.mu.Unlock()
	held := g.orders.byNumber[number]
	switch {
	case held == nil:
		held = &order{number: number, prepayID: g.newPrepayID(), state: stateNotPaid, request: string(request)}
		g.orders.byNumber[number] = held
	case held.request != string(request):
		return Error(http.StatusBadRequest, "INVALID_REQUEST", "商户订单号已存在，且参数不一致", nil)
	case held.state == statePaid:
		return Error(http.StatusBadRequest, "ORDERPAID", "该订单已支付", nil)
	case held.state == stateClosed:
		return Error(http.StatusBadRequest, "ORDER_CLOSED", "该订单已关闭", nil)
	}
	return JSON(http.StatusOK, map[string]any{"prepay_id": held.prepayID})
}

func (g *Gateway) newPrepayID() string {
	return "wx" + g.now().Format("20060102150405") + strings.ToLower(signer.Nonce()[:20])
}

// Pay pays an open order and returns its transaction_id. For a paid order it returns the
// transaction_id.
func (g *Gateway) Pay(outTradeNo string) (transactionID string, err error) {
	if err := g.checkMade(); err != nil {
		return "", err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	held := g.orders.byNumber[outTradeNo]
	switch {
	case held == nil:
		return "", fmt.Errorf("sandbox: no order %q; create it first", outTradeNo)
	case held.state == stateClosed:
		return "", errors.New("sandbox: the order is closed")
	case held.state == stateNotPaid:
		held.state, held.paidAt = statePaid, g.now()
		held.transactionID = fmt.Sprintf("42000%s%09d", g.now().Format("20060102150405"), len(g.orders.byTransaction)+1)
		g.orders.byTransaction[held.transactionID] = held
	}
	return held.transactionID, nil
}

// queryByTransactionID is GET /v3/pay/transactions/id/{transaction_id}.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791858
func (g *Gateway) queryByTransactionID(r *Request) *Reply {
	return g.query(r, func(b *orderBook) *order { return b.byTransaction[r.Vars["transaction_id"]] })
}

// queryByOutTradeNo is GET /v3/pay/transactions/out-trade-no/{out_trade_no}.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791859
func (g *Gateway) queryByOutTradeNo(r *Request) *Reply {
	return g.query(r, func(b *orderBook) *order { return b.byNumber[r.Vars["out_trade_no"]] })
}

func (g *Gateway) query(r *Request, find func(*orderBook) *order) *Reply {
	if r.URL.Query().Get("mchid") != g.credentials.MchID {
		return paramError("mchid", "query", "缺少 mchid，或与签名的商户号不一致")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if held := find(&g.orders); held != nil {
		return JSON(http.StatusOK, held.view())
	}
	return orderNotExist()
}

func orderNotExist() *Reply {
	return Error(http.StatusNotFound, "ORDER_NOT_EXIST", "订单不存在", nil)
}

// inOrder lists the paid orders by their transaction ids.
func (b *orderBook) inOrder() []*order {
	paid := make([]*order, 0, len(b.byTransaction))
	for _, id := range slices.Sorted(maps.Keys(b.byTransaction)) {
		paid = append(paid, b.byTransaction[id])
	}
	return paid
}

func (o *order) description() string { return gjson.Get(o.request, "description").String() }

// view is the order as a query shows it.
func (o *order) view() map[string]any {
	request := gjson.Parse(o.request)
	amount := map[string]any{"total": request.Get("amount.total").Int(), "currency": "CNY"}
	view := map[string]any{
		"appid": request.Get("appid").String(), "mchid": request.Get("mchid").String(),
		"out_trade_no": o.number, "trade_state": o.state, "amount": amount,
		"trade_state_desc": map[string]string{stateNotPaid: "订单未支付", statePaid: "支付成功", stateClosed: "订单已关闭"}[o.state],
	}
	if attach := request.Get("attach"); attach.Exists() {
		view["attach"] = attach.String()
	}
	if o.state == statePaid {
		view["transaction_id"], view["trade_type"], view["bank_type"] = o.transactionID, "JSAPI", "OTHERS"
		view["success_time"] = o.paidAt.Format(time.RFC3339)
		view["payer"] = map[string]any{"openid": request.Get("payer.openid").String()}
		amount["payer_total"], amount["payer_currency"] = amount["total"], "CNY"
	}
	return view
}

// closeOrder is POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791860
func (g *Gateway) closeOrder(r *Request) *Reply {
	if gjson.GetBytes(r.Body, "mchid").String() != g.credentials.MchID {
		return paramError("/mchid", "body", "缺少 mchid，或与签名的商户号不一致")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	held := g.orders.byNumber[r.Vars["out_trade_no"]]
	switch {
	case held == nil:
		return orderNotExist()
	case held.state == statePaid:
		return Error(http.StatusBadRequest, "ORDERPAID", "该订单已支付", nil)
	}
	held.state = stateClosed
	return NoContent()
}
