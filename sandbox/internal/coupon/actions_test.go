package coupon_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAppIDsOfABrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.AppID = func(brandID, id string) bool { return brandID == brand && id == "wx1" }
	_, refusal := w.do(t, "POST", "/product-coupons", w.productBody("ALL", "NORMAL", "SINGLE"))
	refused(t, refusal, "INVALID_REQUEST", 268578704, "")
	w.make(t, with("stock.notify_config.notify_appid", "wx1"))
}

// The token of a pre-send is valid for five minutes, and gives one coupon.
func TestReceive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(t, "POST", "/notify-configs", play.Object{"notify_url": hook})
	h := w.make(t)
	path, body := "/users/"+openid+"/pre-send-coupon", h.sending(w.no())
	token := w.ok(t, "POST", path, body).Text("token")
	assert.Empty(t, w.types(), "nothing is sent yet")
	received := func() error {
		stock, code, err := w.book.Receive(w.now, w.emit, brand, token)
		if err == nil {
			h.stock, h.code = stock, code
		}
		return err
	}
	w.now = w.now.Add(5*time.Minute + time.Nanosecond)
	require.Error(t, received())
	assert.Equal(t, token, w.ok(t, "POST", path, body).Text("token"), "the same call renews it")
	w.now = w.now.Add(5 * time.Minute)
	_, _, err := w.book.Receive(w.now, w.emit, "999999", token)
	require.Error(t, err, "of another brand")
	require.NoError(t, received())
	first := h.code
	w.now = w.now.Add(time.Hour)
	require.NoError(t, received())
	assert.Equal(t, first, h.code, "taken once")
	_, _, err = w.book.Receive(w.now, w.emit, "999999", token)
	require.Error(t, err, "of another brand")
	assert.Equal(t, []string{"SEND"}, w.types())
	o := w.get(t, h)
	assert.Equal(t, "RECEIVE_COMPONENT", o.Text("send_channel"))
	assert.Equal(t, body["send_request_no"], o.Text("send_request_no"))

	spent := w.make(t, with("stock.stock_send_rule.max_count", 1))
	token = w.ok(t, "POST", path, spent.sending(w.no())).Text("token")
	w.send(t, spent, other)
	require.Error(t, received(), "a token promises nothing")
	require.Error(t, func() error { _, _, err := w.book.Receive(w.now, nil, brand, "x"); return err }())
}

func TestClaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	codes, err := w.book.Claim(w.now, nil, brand, openid, h.stock)
	require.NoError(t, err)
	h.code = codes[0]
	assert.Equal(t, "BRAND_MANAGE", w.get(t, h).Text("send_channel"))
	_, id, list := w.bundle(t)
	assigned := w.make(t, with("stock.coupon_code_mode", "API_ASSIGN"))
	limited := w.make(t, with("stock.stock_send_rule.max_count_per_user", 1))
	_, err = w.book.Claim(w.now, nil, brand, openid, limited.stock)
	require.NoError(t, err)
	for _, row := range []struct {
		name, brand, user, id string
		number                int
	}{
		{"a user who has enough", brand, openid, limited.stock, 272756740},
		{"one round of a bundle", brand, openid, list[0].Text("stock_id"), 0},
		{"codes that the brand assigns", brand, openid, assigned.stock, 0},
		{"a bundle of another brand", "9", openid, id, 268578608},
		{"a stock of another brand", "9", openid, h.stock, 268578608},
		{"no stock", brand, openid, "1", 268578608},
		{"no OpenID", brand, "x", h.stock, 268578532},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := w.book.Claim(w.now, nil, row.brand, row.user, row.id)
			require.Error(t, err)
			assert.Equal(t, row.number, numberOf(err))
			assert.NotContains(t, err.Error(), "PARAM_ERROR", "a user has no parameters")
		})
	}
}

func TestAuditAndPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Audit = true
	h := w.make(t)
	state := func() string {
		return fmt.Sprint(w.ok(t, "GET", h.path(), nil).Text("state"), " ", w.ok(t, "GET", h.batch(), nil).Text("state"))
	}
	assert.Equal(t, "AUDITING AUDITING", state())
	require.Error(t, w.book.Pause(w.now, brand, h.stock))
	require.NoError(t, w.book.Approve(w.now, brand, h.product))
	assert.Equal(t, "EFFECTIVE SENDING", state())
	require.NoError(t, w.book.Pause(w.now, brand, h.stock))
	assert.Equal(t, "EFFECTIVE PAUSED", state())
	require.NoError(t, w.book.Resume(w.now, brand, h.stock))
	assert.Equal(t, "EFFECTIVE SENDING", state())
	w.ok(t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
	require.Error(t, w.book.Resume(w.now, brand, h.stock))
}

// A user deletes what is not finished, and nobody is told.
func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(t, "POST", "/notify-configs", play.Object{"notify_url": hook})
	h := w.send(t, w.make(t), openid)
	w.types()
	require.NoError(t, w.book.Delete(w.now, brand, h.stock, h.code))
	assert.Equal(t, "DELETED", w.state(t, h))
	assert.Equal(t, 272756769, numberOf(w.book.Delete(w.now, brand, h.stock, h.code)))
	assert.Empty(t, w.types())
	used := w.send(t, h, openid)
	w.confirm(t, used)
	w.ok(t, "POST", used.of("use"), w.using(used))
	assert.Equal(t, 268578367, numberOf(w.book.Delete(w.now, brand, used.stock, used.code)))
}
