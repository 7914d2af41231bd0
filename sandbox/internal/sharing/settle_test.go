package sharing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

const month = 30 * 24 * time.Hour

// What a receiver is refused stays frozen, until the order is finished.
func TestRefusedToReceivers(t *testing.T) {
	t.Parallel()
	for _, end := range []bool{false, true} {
		for _, reason := range []string{
			"ACCOUNT_ABNORMAL", "NO_RELATION", "RECEIVER_HIGH_RISK", "RECEIVER_REAL_NAME_NOT_VERIFIED", "NO_AUTH",
			"RECEIVER_RECEIPT_LIMIT", "PAYER_ACCOUNT_ABNORMAL", "INVALID_REQUEST",
		} {
			name := reason
			if end {
				name += " of a finished order"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.add(t, "", merchant(shop, 0), merchant(shop2, 0))
				id := w.pay(t, mchid, 10_000, 0)
				s := w.OK(t, "POST", shares, kittest.With(w.sharing(id, merchant(shop, 100), merchant(shop2, 50)), "unfreeze_unsplit", end))
				require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, s.Text("out_order_no"), shop, reason))
				assert.Equal(t, []string{"CLOSED " + reason, "SUCCESS"}, w.results(t, s))
				assert.Equal(t, "FINISHED", w.get(t, s).Text("state"), "it is executed, whatever became of it")
				assert.Len(t, w.Events(), 1)
				assert.Zero(t, w.balance(shop))
				assert.EqualValues(t, 50, w.balance(shop2))
				if end {
					assert.EqualValues(t, 9950, w.balance(mchid))
					return
				}
				assert.EqualValues(t, 9950, w.left(t, id))
				assert.EqualValues(t, 9950, w.frozen(mchid))
				w.share(t, id, merchant(shop, 2950)) // what was refused does not count for the ratio
			})
		}
	}
}

func TestReasonsOfTheSandbox(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, reason string
		before       func(t *testing.T, w *world, id string)
	}{
		{"the receiver was deleted", "NO_RELATION", func(t *testing.T, w *world, _ string) {
			t.Helper()
			w.OK(t, "POST", deletes, play.Object{"appid": appid, "type": "PERSONAL_OPENID", "account": openid})
		}},
		{"the order was refunded", "PAYER_ACCOUNT_ABNORMAL", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.refund(t, id, 100_000_000-1)
		}},
		{"what is frozen is gone", "PAYER_ACCOUNT_ABNORMAL", func(t *testing.T, w *world, _ string) {
			t.Helper()
			w.thaw(t, 100_000_000-1)
		}},
		{"the person has enough this month", "RECEIVER_RECEIPT_LIMIT", func(t *testing.T, w *world, _ string) {
			t.Helper()
			other := w.pay(t, mchid, 100_000_000, 0)
			w.results(t, w.share(t, other, person(openid, 19_999_900)))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(t, "", person(openid, 0))
			if row.name == "the order was refunded" {
				w.pay(t, mchid, 1000, 0) // which is frozen too, and not touched
			}
			id := w.pay(t, mchid, 100_000_000, 0)
			s := w.share(t, id, person(openid, 101))
			row.before(t, w, id)
			assert.Equal(t, []string{"CLOSED " + row.reason}, w.results(t, s))
		})
	}
	t.Run("nothing is frozen to unfreeze", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.pay(t, mchid, 100, 0)
		u := w.OK(t, "POST", unfreezes, w.unfreezing(id))
		w.thaw(t, 1)
		assert.Equal(t, []string{"CLOSED PAYER_ACCOUNT_ABNORMAL"}, w.results(t, u))
		assert.EqualValues(t, 99, w.frozen(mchid))
	})
	t.Run("the next month is another", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.add(t, "", person(openid, 0))
		id := w.pay(t, mchid, 100_000_000, 0)
		assert.Equal(t, []string{"SUCCESS"}, w.results(t, w.share(t, id, person(openid, 20_000_000))))
		w.Now = w.Now.Add(29 * 24 * time.Hour).Add(13 * time.Hour)
		id = w.pay(t, mchid, 100_000_000, 0)
		assert.Equal(t, []string{"SUCCESS"}, w.results(t, w.share(t, id, person(openid, 20_000_000))))
	})
}

// With a Delay requests stay PROCESSING, unless WeChat Pay is told to execute them.
func TestDelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Delay = time.Hour
	w.add(t, "", merchant(shop, 0), merchant(shop2, 0))
	id := w.pay(t, mchid, 10_000, 0)
	s := w.share(t, id, merchant(shop, 100), merchant(shop2, 50))
	assert.Equal(t, []string{"PENDING", "PENDING"}, w.results(t, s))
	assert.Equal(t, "1970-01-01T08:00:00+08:00", w.get(t, s).List("receivers")[0].Text("finish_time"))
	assert.EqualValues(t, 9850, w.left(t, id), "it is no longer to share")
	require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, s.Text("out_order_no"), shop2, ""))
	assert.Equal(t, []string{"PENDING", "SUCCESS"}, w.results(t, s))
	assert.Equal(t, "PROCESSING", w.get(t, s).Text("state"))
	w.RefusedFor(t, "POST", returns, w.returning(s, shop, 1), "INVALID_REQUEST", "回退方不存在")
	r := w.OK(t, "POST", returns, w.returning(s, shop2, 50))
	assert.Equal(t, "PROCESSING", r.Text("result"))
	w.RefusedFor(t, "POST", returns, w.returning(s, shop2, 1), "INVALID_REQUEST", "超过")
	u := w.OK(t, "POST", unfreezes, w.unfreezing(id))
	w.Now = w.Now.Add(time.Hour - time.Second)
	w.book.Tick(w.Now, w.Emit)
	assert.Equal(t, []string{"PENDING"}, w.results(t, u))
	assert.Zero(t, w.balance(mchid))
	taken, over := w.book.Taken(mchid, id)
	assert.EqualValues(t, 10_000, taken)
	assert.False(t, over, "it is still frozen")
	w.Now = w.Now.Add(time.Second)
	w.book.Tick(w.Now, w.Emit)
	assert.EqualValues(t, 100, w.balance(shop))
	assert.Zero(t, w.balance(shop2))
	assert.EqualValues(t, 9900, w.balance(mchid), "it is executed without being looked at")
	_, over = w.book.Taken(mchid, id)
	assert.True(t, over)
	assert.Len(t, w.Events(), 3)
	w.book.Tick(w.Now.Add(2*month), w.Emit)
	assert.Empty(t, w.Events())
}

// With a negative Delay nothing is executed by itself, however long it takes.
func TestNoDelayEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(t, "", merchant(shop, 0))
	id := w.pay(t, mchid, 10_000, 0)
	s := w.share(t, id, merchant(shop, 100))
	w.get(t, s)
	w.book.Delay = -1
	later := w.share(t, id, merchant(shop, 50))
	r := w.OK(t, "POST", returns, w.returning(s, shop, 40))
	w.Now = start.Add(2 * month)
	w.book.Tick(w.Now, w.Emit)
	assert.Equal(t, []string{"PENDING"}, w.results(t, later))
	assert.EqualValues(t, 100, w.balance(shop))
	require.NoError(t, w.book.Settle(w.Now, w.Emit, mchid, later.Text("out_order_no"), "", ""))
	require.NoError(t, w.book.SettleReturn(w.Now, w.Emit, mchid, r.Text("out_return_no"), ""))
	assert.EqualValues(t, 110, w.balance(shop))
	assert.Zero(t, w.frozen(mchid), "the rest was unfrozen meanwhile")
}

func TestUnfreezing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		do   func(t *testing.T, w *world, id string)
		left int64
	}{
		{"an order that was never shared", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.get(t, w.OK(t, "POST", unfreezes, w.unfreezing(id)))
		}, 9940},
		{"with the last share", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.get(t, w.OK(t, "POST", shares, kittest.With(w.sharing(id, merchant(shop, 100)), "unfreeze_unsplit", true)))
		}, 9840},
		{"with a share of nobody", func(t *testing.T, w *world, id string) {
			t.Helper()
			assert.Equal(t, "FINISHED", w.OK(t, "POST", shares, kittest.With(w.sharing(id), "unfreeze_unsplit", true)).Text("state"))
		}, 9940},
		{"after thirty days, looked at", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.Now = start.Add(month)
			w.left(t, id)
		}, 9940},
		{"after thirty days and a share", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.share(t, id, merchant(shop, 100))
			w.book.Tick(start.Add(month), w.Emit)
		}, 9840},
		{"by WeChat Pay", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.share(t, id, merchant(shop, 100))
			require.NoError(t, w.book.Expire(w.Now, w.Emit, mchid, id))
		}, 9840},
		{"a refunded order", func(t *testing.T, w *world, id string) {
			t.Helper()
			w.refund(t, id, 1000)
			w.get(t, w.OK(t, "POST", unfreezes, w.unfreezing(id)))
		}, 8940},
		{"an order that is refunded meanwhile", func(t *testing.T, w *world, id string) {
			t.Helper()
			u := w.OK(t, "POST", unfreezes, w.unfreezing(id))
			w.refund(t, id, 1000)
			assert.EqualValues(t, 8940, w.get(t, u).List("receivers")[0].Int("amount"))
		}, 8940},
		{"closed for a reason", func(t *testing.T, w *world, id string) {
			t.Helper()
			u := w.OK(t, "POST", unfreezes, w.unfreezing(id))
			require.NoError(t, w.book.Settle(w.Now, nil, mchid, u.Text("out_order_no"), "", "ACCOUNT_ABNORMAL"))
		}, 9940},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(t, "", merchant(shop, 0))
			w.pay(t, mchid, 5000, 0)
			w.Now = start
			id := w.pay(t, mchid, 10_000, 60)
			row.do(t, w, id)
			assert.Equal(t, row.left, w.balance(mchid))
			assert.EqualValues(t, 5000, w.frozen(mchid), "the other order stays frozen")
			assert.Zero(t, w.left(t, id))
			taken, finished := w.book.Taken(mchid, id)
			assert.Equal(t, row.left+w.balance(shop), taken)
			assert.True(t, finished)
			w.Now = start.Add(2 * time.Minute)
			w.RefusedFor(t, "POST", shares, w.sharing(id, merchant(shop, 1)), "INVALID_REQUEST", "完结")
			w.RefusedFor(t, "POST", unfreezes, w.unfreezing(id), "NOT_ENOUGH", "")
		})
	}
}

// Without an address there are no webhooks.
func TestNoNotifyURL(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(string) string{"none": nil, "empty": func(string) string { return "" }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.book.NotifyURL = url
			w.add(t, "", merchant(shop, 0))
			assert.Equal(t, []string{"SUCCESS"}, w.results(t, w.share(t, w.pay(t, mchid, 100, 0), merchant(shop, 1))))
			assert.Empty(t, w.Events())
		})
	}
}

func TestUnfreezingTooSoon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.pay(t, mchid, 10_000, 60)
	w.Now = start
	w.RefusedFor(t, "POST", unfreezes, w.unfreezing(id), "INVALID_REQUEST", "处理中")
	w.RefusedFor(t, "POST", unfreezes, kittest.With(w.unfreezing(id), "description", "解"+string(make([]byte, 80))), "PARAM_ERROR", "长度")
}
