package v2pay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/contract"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/trade"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/v2pay"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const mchid = "1900000109"

type world struct {
	ledger   *ledger.Ledger
	trade    *trade.Book
	contract *contract.Book
	book     *v2pay.Book
	now      time.Time

	mu     sync.Mutex
	events []play.Event
}

func newWorld() *world {
	l := ledger.New()
	w := &world{ledger: l, trade: trade.New(l), contract: contract.New(l), now: time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)}
	w.book = v2pay.New(w.trade, w.contract)
	return w
}

func (w *world) emit(e play.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

func (w *world) call(path string, body play.Object) (play.Object, string) {
	o, err := w.book.Handlers()[path](&v2pay.Call{Digest: signer.MD5, Call: &play.Call{Caller: mchid, Body: body, Now: w.now, Emit: w.emit}})
	var refusal *play.Refusal
	if errors.As(err, &refusal) {
		return nil, refusal.Code + " " + refusal.Message
	}
	return o, ""
}

func order(number string) play.Object {
	return play.Object{
		"appid": "wx1", "mch_id": mchid, "body": "公仔", "out_trade_no": number, "total_fee": json.Number("100"), "spbill_create_ip": "10.0.0.1",
		"notify_url": "https://example.com/", "trade_type": "NATIVE",
	}
}

// TestWords: the refusals of v3 in the words of APIv2, with the names of its fields.
func TestWords(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, number := range []string{"order-1", "order-2", "order-3"} {
		_, refused := w.call("/pay/unifiedorder", order(number))
		require.Empty(t, refused)
	}
	for _, number := range []string{"order-2", "order-3"} {
		_, err := w.trade.Pay(w.now, w.emit, mchid, number)
		require.NoError(t, err)
	}
	refund := func(number, fee, total string) play.Object {
		return play.Object{"out_trade_no": number, "out_refund_no": "r-" + number + fee, "refund_fee": json.Number(fee), "total_fee": json.Number(total)}
	}
	_, refused := w.call("/secapi/pay/refund", refund("order-2", "60", "100"))
	require.Empty(t, refused)
	for _, row := range []struct {
		name, path string
		body       play.Object
		want       string
	}{
		{"a long name", "/pay/unifiedorder", order("order-9").With(play.Object{"body": fmt.Sprintf("%0128d", 0)}), "PARAM_ERROR 参数错误：body：长度应不超过 127 个字符"},
		{"an amount", "/pay/unifiedorder", order("order-9").With(play.Object{"total_fee": json.Number("-1")}), "PARAM_ERROR 参数错误：total_fee：取值应为 1 到 1000000000 的整数"},
		{"an address", "/pay/unifiedorder", order("order-9").With(play.Object{"notify_url": "x"}), "PARAM_ERROR 参数错误：notify_url：应为完整的 URL"},
		{"the loopback", "/pay/unifiedorder", order("order-9").With(play.Object{"trade_type": "MWEB", "spbill_create_ip": "127.0.0.1"}), "PARAM_ERROR 参数错误：spbill_create_ip：H5 交易参数有误：应为用户的真实 IP"},
		{"the sub-merchant", "/pay/unifiedorder", order("order-9").With(play.Object{"sub_mch_id": mchid}), "PARAM_ERROR 参数错误：sub_mch_id：sub_mchid 与服务商商户号相同"},
		{"a paid order", "/pay/closeorder", play.Object{"out_trade_no": "order-2"}, "ORDERPAID 该订单已支付"},
		{"more than is left", "/secapi/pay/refund", refund("order-2", "41", "100"), "INVALID_REQUEST 申请退款金额大于订单可退金额"},
		{"another total", "/secapi/pay/refund", refund("order-2", "1", "101"), "REFUND_FEE_MISMATCH 订单金额或退款金额与之前请求不一致，请核实后再试"},
		{"another order", "/secapi/pay/refund", refund("order-2", "1", "100").With(play.Object{"transaction_id": "1"}), "ORDERNOTEXIST 订单不存在"},
		{"dollars", "/secapi/pay/refund", refund("order-2", "1", "100").With(play.Object{"refund_fee_type": "USD"}), "PARAM_ERROR 参数错误：refund_fee_type：境内商户号仅支持 CNY"},
		{"a contract", "/papay/querycontract", play.Object{"contract_id": "1"}, "CONTRACT_NOT_EXIST 协议不存在"},
		{"no contract", "/papay/querycontract", play.Object{}, "PARAM_ERROR 参数错误：contract_id：contract_id 或 plan_id 和 contract_code 必填其一"},
		{"a plan", "/papay/querycontract", play.Object{"contract_code": "c", "plan_id": "x"}, "PARAM_ERROR 参数错误：plan_id：应为数字"},
		{"no deduction", "/pay/paporderquery", play.Object{"out_trade_no": "nothing"}, "ORDERNOTEXIST 订单不存在"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, refused := w.call(row.path, row.body)
			assert.Equal(t, row.want, refused)
		})
	}
}

// TestNotice: what was made by APIv2 is told of in XML, after a restart too, and nothing else.
func TestNotice(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, refused := w.call("/pay/unifiedorder", order("order-1"))
	require.Empty(t, refused)
	_, refused = w.call("/pay/unifiedorder", order("order-2").With(play.Object{"notify_url": "x"}))
	require.NotEmpty(t, refused)
	_, err := w.trade.Pay(w.now, w.emit, mchid, "order-1")
	require.NoError(t, err)
	require.Len(t, w.events, 1)
	data, err := w.book.Save()
	require.NoError(t, err)
	assert.NotContains(t, string(data), "order-2", "it was not made")
	other := v2pay.New(w.trade, w.contract)
	assert.Nil(t, other.Notice(mchid, w.events[0]))
	require.NoError(t, other.Load(data))
	n := other.Notice(mchid, w.events[0])
	require.NotNil(t, n)
	assert.Contains(t, n.Params, signer.Param{Name: "out_trade_no", Value: "order-1"})
	assert.Nil(t, other.Notice("1900000001", w.events[0]))
	assert.Nil(t, other.Notice(mchid, play.Event{Type: "TRANSACTION.SUCCESS", Resource: make(chan int)}))
	require.NoError(t, other.Load(nil), "an older sandbox saved nothing")
	require.Error(t, other.Load([]byte(`{"told":{"items":{},"queue":["a"]}}`)))
}

// TestAtOnce: many clients order, pay, refund and query; no money is made or lost.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				number := fmt.Sprintf("order-%d", (i+j)%10)
				_, _ = w.call("/pay/unifiedorder", order(number))
				_, _ = w.trade.Pay(w.now, w.emit, mchid, number)
				_, _ = w.call("/secapi/pay/refund", play.Object{
					"out_trade_no": number, "out_refund_no": fmt.Sprintf("r%d-%d", i, j), "refund_fee": json.Number("7"), "total_fee": json.Number("100"),
				})
				_, _ = w.call("/pay/refundquery", play.Object{"out_trade_no": number})
			}
		})
	}
	group.Wait()
	assert.Zero(t, w.ledger.Sum())
	for i := range 10 {
		o, refused := w.call("/pay/refundquery", play.Object{"out_trade_no": fmt.Sprintf("order-%d", i)})
		require.Empty(t, refused)
		assert.LessOrEqual(t, o.Int("total_refund_count"), int64(14), "100 fen are 14 refunds of 7")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		assert.NotNil(t, w.book.Notice(mchid, e))
	}
}
