package coupon_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Calls at once leave the budget whole, and a number takes effect once. The replies are read
// while others change what they show.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	h := w.make(t, with("stock.stock_send_rule", play.Object{"max_count": 20}))
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() { _, _ = w.Do(t, "POST", users+openid+"/coupons", h.sending(fmt.Sprintf("number-%d", i%30))) })
		group.Go(func() {
			w.OK(t, "PATCH", h.batch(), play.Object{"out_request_no": fmt.Sprintf("patch-%d", i), "remark": fmt.Sprint(i)})
		})
	}
	group.Wait()
	assert.EqualValues(t, 20, w.OK(t, "GET", h.batch(), nil).Int("sent_count_info.total_count"))
	assert.Len(t, w.Events(), 20)
}

// The webhooks are sent when the Book is released: who gets one may call at once.
func TestAWebhookMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "POST", configs, play.Object{"notify_url": hook})
	h := w.make(t)
	state := ""
	_, err := w.Handlers["POST "+users+"{openid}/coupons"](&play.Call{
		Caller: brand, Now: w.Now, Vars: map[string]string{"openid": openid}, Body: kittest.Wire(t, h.sending(w.no())),
		Emit: func(e play.Event) {
			h.code = kittest.Wire(t, e.Resource).Text("coupon_code")
			state = w.confirm(t, h).Text("coupon_state")
		},
	})
	require.NoError(t, err)
	assert.Equal(t, "EFFECTIVE", state)
}
