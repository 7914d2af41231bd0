package payout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/payout"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const mchid = "1900000109"

type world struct {
	t      *testing.T
	ledger *ledger.Ledger
	book   *payout.Book
	now    time.Time
}

func newWorld(t *testing.T, balance int64) *world {
	t.Helper()
	w := &world{t: t, ledger: ledger.New(), now: time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC)}
	w.book = payout.New(w.ledger)
	require.NoError(t, w.ledger.Post(ledger.Entry{At: w.now, Kind: "deposit", From: ledger.World, To: ledger.Merchant(mchid), Amount: balance}))
	return w
}

func (w *world) balance() int64 { return w.ledger.Balance(ledger.Merchant(mchid)) }

func (w *world) call(path string, body play.Object) (play.Object, string) {
	w.t.Helper()
	handler := w.book.Handlers()["/mmpaymkttransfers/"+path]
	require.NotNil(w.t, handler, path)
	reply, err := handler(&play.Call{Caller: mchid, Body: body, Now: w.now, Emit: func(play.Event) {}})
	var refusal *play.Refusal
	if errors.As(err, &refusal) {
		return nil, refusal.Code
	}
	require.NoError(w.t, err)
	o, _ := reply.(play.Object)
	return o, ""
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

func packet(billNo string, amount int64) play.Object {
	return play.Object{"mch_billno": billNo, "re_openid": "o1", "total_amount": number(amount), "total_num": number(1), "wishing": "恭喜"}
}

func transfer(tradeNo string, amount int64) play.Object {
	return play.Object{"partner_trade_no": tradeNo, "openid": "o1", "check_name": "NO_CHECK", "amount": number(amount), "desc": "退", "mch_appid": "wx1"}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 100_000)
	_, code := w.call("sendredpack", packet("b0", 100))
	require.Empty(t, code)
	_, code = w.call("promotion/transfers", transfer("t0", 1))
	require.Empty(t, code)
	for _, row := range []struct {
		name, path string
		body       play.Object
		code       string
	}{
		{"a number with a dash", "sendredpack", packet("b-1", 100), "PARAM_ERROR"},
		{"a number of 29", "sendredpack", packet("12345678901234567890123456789", 100), "PARAM_ERROR"},
		{"two users", "sendredpack", packet("b1", 200).With(play.Object{"total_num": number(2)}), "PARAM_ERROR"},
		{"nothing", "sendredpack", packet("b1", 0).With(play.Object{"scene_id": "PRODUCT_1"}), "PARAM_ERROR"},
		{"less than a yuan", "sendredpack", packet("b1", 99), "PARAM_ERROR"},
		{"more than 200 yuan", "sendredpack", packet("b1", 20_001), "PARAM_ERROR"},
		{"too little money", "sendredpack", packet("b1", 200_000).With(play.Object{"scene_id": "PRODUCT_1"}), "NOTENOUGH"},
		{"another amount", "sendredpack", packet("b0", 101), "FATAL_ERROR"},
		{"no packet", "gethbinfo", play.Object{"mch_billno": "b1"}, "NOT_FOUND"},
		{"a transfer of nothing", "promotion/transfers", transfer("t1", 0), "AMOUNT_LIMIT"},
		{"no name", "promotion/transfers", transfer("t1", 1).With(play.Object{"check_name": "FORCE_CHECK"}), "PARAM_ERROR"},
		{"an unknown check", "promotion/transfers", transfer("t1", 1).With(play.Object{"check_name": "X"}), "PARAM_ERROR"},
		{"no number", "promotion/transfers", transfer("", 1), "PARAM_ERROR"},
		{"another transfer", "promotion/transfers", transfer("t0", 2), "FATAL_ERROR"},
		{"too much", "promotion/transfers", transfer("t1", 100_000), "NOTENOUGH"},
		{"no transfer", "gettransferinfo", play.Object{"partner_trade_no": "t1"}, "NOT_FOUND"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, code := w.call(row.path, row.body)
			assert.Equal(t, row.code, code)
		})
	}
}

// TestARedPacketWaitsForADay: one that nobody took goes back, to the minute.
func TestARedPacketWaitsForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1000)
	for _, billNo := range []string{"b1", "b2"} {
		_, code := w.call("sendredpack", packet(billNo, 300))
		require.Empty(t, code)
	}
	assert.EqualValues(t, 400, w.balance())
	require.NoError(t, w.book.Receive(w.now, mchid, "b1"))
	w.now = w.now.Add(24*time.Hour - time.Second)
	w.book.Tick(w.now)
	assert.EqualValues(t, 400, w.balance())
	w.now = w.now.Add(time.Second)
	w.book.Tick(w.now)
	assert.EqualValues(t, 700, w.balance())
	require.Error(t, w.book.Receive(w.now, mchid, "b2"))
	for billNo, status := range map[string]string{"b1": "RECEIVED", "b2": "REFUND"} {
		o, _ := w.call("gethbinfo", play.Object{"mch_billno": billNo})
		assert.Equal(t, status, o["status"])
	}
}

// TestNoMoneyIsMadeOrLost plays at random, and saves and loads in between.
func TestNoMoneyIsMadeOrLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t, 50_000)
			spent, packets := int64(0), map[string]int64{}
			for i := range 150 {
				no := "n" + strconv.Itoa(random.IntN(60))
				switch random.IntN(6) {
				case 0, 1:
					amount := 100 + random.Int64N(900)
					if _, code := w.call("sendredpack", packet(no, amount)); code == "" {
						packets[no] = amount
					}
				case 2:
					before := w.balance()
					amount := 1 + random.Int64N(500)
					if _, code := w.call("promotion/transfers", transfer(no, amount)); code == "" && w.balance() < before {
						spent += amount
					}
				case 3:
					_ = w.book.Receive(w.now, mchid, no) // it may not be there
				case 4:
					w.now = w.now.Add(time.Duration(random.IntN(10)) * time.Hour)
					w.book.Tick(w.now)
				case 5:
					data, err := w.book.Save()
					require.NoError(t, err)
					w.book = payout.New(w.ledger)
					require.NoError(t, w.book.Load(data))
				}
				require.Zero(t, w.ledger.Sum(), "step %d", i)
			}
			w.book.Tick(w.now)
			out := spent
			for no, amount := range packets {
				if o, _ := w.call("gethbinfo", play.Object{"mch_billno": no}); o["status"] != "REFUND" {
					out += amount
				}
			}
			assert.Equal(t, 50_000-out, w.balance())
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	require.NoError(t, w.book.Load(nil), "an older sandbox saved nothing")
	for _, data := range []string{"x", `{"packets":{"items":{"a":{}},"queue":[]}}`, `{"packets":{"items":{"a":null},"queue":["a"]}}`} {
		assert.Error(t, w.book.Load([]byte(data)), data)
	}
}
