package coupon_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAppIDsOfABrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.AppID = func(brandID, id string) bool { return brandID == brand && id == "wx1" }
	w.Refused(t, "POST", products, w.productBody("ALL", "NORMAL", "SINGLE"), "INVALID_REQUEST", 268578704, "")
	w.make(t, with("stock.notify_config.notify_appid", "wx1"))
}

// The token of a pre-send is valid for five minutes, and gives one coupon.
func TestReceive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	h := w.make(t)
	path, body := users+openid+"/pre-send-coupon", h.sending(w.no())
	token := w.OK(t, "POST", path, body).Text("token")
	assert.Empty(t, w.types(), "nothing is sent yet")
	received := func() error {
		stock, code, err := w.book.Receive(w.Now, w.Emit, brand, token)
		if err == nil {
			h.stock, h.code = stock, code
		}
		return err
	}
	w.Now = w.Now.Add(5*time.Minute + time.Nanosecond)
	require.Error(t, received())
	assert.Equal(t, token, w.OK(t, "POST", path, body).Text("token"), "the same call renews it")
	w.Now = w.Now.Add(5 * time.Minute)
	_, _, err := w.book.Receive(w.Now, w.Emit, "999999", token)
	require.Error(t, err, "of another brand")
	require.NoError(t, received())
	first := h.code
	w.Now = w.Now.Add(time.Hour)
	require.NoError(t, received())
	assert.Equal(t, first, h.code, "taken once")
	_, _, err = w.book.Receive(w.Now, w.Emit, "999999", token)
	require.Error(t, err, "of another brand")
	assert.Equal(t, []string{"SEND"}, w.types())
	o := w.get(t, h)
	assert.Equal(t, "RECEIVE_COMPONENT", o.Text("send_channel"))
	assert.Equal(t, body["send_request_no"], o.Text("send_request_no"))

	spent := w.make(t, with("stock.stock_send_rule.max_count", 1))
	token = w.OK(t, "POST", path, spent.sending(w.no())).Text("token")
	w.send(t, spent, other)
	require.Error(t, received(), "a token promises nothing")
	require.Error(t, func() error { _, _, err := w.book.Receive(w.Now, nil, brand, "x"); return err }())
}

func TestClaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.make(t)
	codes, err := w.book.Claim(w.Now, nil, brand, openid, h.stock)
	require.NoError(t, err)
	h.code = codes[0]
	assert.Equal(t, "BRAND_MANAGE", w.get(t, h).Text("send_channel"))
	_, id, list := w.bundle(t)
	assigned := w.make(t, with("stock.coupon_code_mode", "API_ASSIGN"))
	limited := w.make(t, with("stock.stock_send_rule.max_count_per_user", 1))
	_, err = w.book.Claim(w.Now, nil, brand, openid, limited.stock)
	require.NoError(t, err)
	const bad, none = "INVALID_REQUEST", "RESOURCE_NOT_EXISTS" // and no PARAM_ERROR: a user has no parameters
	for _, row := range []struct {
		name, brand, user, id, code string
		number                      int
	}{
		{"a user who has enough", brand, openid, limited.stock, bad, 272756740},
		{"one round of a bundle", brand, openid, list[0].Text("stock_id"), bad, 0},
		{"codes that the brand assigns", brand, openid, assigned.stock, bad, 0},
		{"a bundle of another brand", "9", openid, id, none, 268578608},
		{"a stock of another brand", "9", openid, h.stock, none, 268578608},
		{"no stock", brand, openid, "1", none, 268578608},
		{"no OpenID", brand, "x", h.stock, bad, 268578532},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := w.book.Claim(w.Now, nil, row.brand, row.user, row.id)
			kittest.Same(t, err, row.code, row.number, "")
		})
	}
}

func TestAuditAndPause(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.book.Audit = true
	h := w.make(t)
	state := func() string {
		return fmt.Sprint(w.OK(t, "GET", h.path(), nil).Text("state"), " ", w.OK(t, "GET", h.batch(), nil).Text("state"))
	}
	assert.Equal(t, "AUDITING AUDITING", state())
	require.Error(t, w.book.Pause(w.Now, brand, h.stock))
	require.NoError(t, w.book.Approve(w.Now, brand, h.product))
	assert.Equal(t, "EFFECTIVE SENDING", state())
	require.NoError(t, w.book.Pause(w.Now, brand, h.stock))
	assert.Equal(t, "EFFECTIVE PAUSED", state())
	require.NoError(t, w.book.Resume(w.Now, brand, h.stock))
	assert.Equal(t, "EFFECTIVE SENDING", state())
	w.OK(t, "POST", h.batch()+"/deactivate", play.Object{"out_request_no": w.no(), "deactivate_reason": "x"})
	require.Error(t, w.book.Resume(w.Now, brand, h.stock))
}

// A user deletes what is not finished, and nobody is told.
func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	h := w.send(t, w.make(t), openid)
	w.types()
	require.NoError(t, w.book.Delete(w.Now, brand, h.stock, h.code))
	assert.Equal(t, "DELETED", w.state(t, h))
	kittest.Same(t, w.book.Delete(w.Now, brand, h.stock, h.code), "INVALID_REQUEST", 272756769, "")
	assert.Empty(t, w.types())
	used := w.send(t, h, openid)
	w.confirm(t, used)
	w.OK(t, "POST", used.of("use"), w.using(used))
	kittest.Same(t, w.book.Delete(w.Now, brand, used.stock, used.code), "INVALID_REQUEST", 268578367, "")
}
