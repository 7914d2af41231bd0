package coupon_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Calls at once leave the budget whole, and a number takes effect once. The replies are read
// while others change what they show.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(t, "POST", "/notify-configs", play.Object{"notify_url": hook})
	h := w.make(t, with("stock.stock_send_rule", play.Object{"max_count": 20}))
	call := func(endpoint string, body play.Object) (any, error) {
		return w.handlers[endpoint](&play.Call{Caller: brand, Now: w.now, Emit: w.emit, Body: body,
			Vars: map[string]string{"openid": openid, "product_coupon_id": h.product, "stock_id": h.stock}})
	}
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() {
			body := wire(t, h.sending(fmt.Sprintf("number-%d", i%30)))
			if reply, err := call("POST "+base+"/users/{openid}/coupons", body); err == nil {
				_, err = json.Marshal(reply)
				assert.NoError(t, err)
			}
		})
		group.Go(func() {
			body := play.Object{"out_request_no": fmt.Sprintf("patch-%d", i), "remark": fmt.Sprint(i)}
			reply, err := call("PATCH "+base+"/product-coupons/{product_coupon_id}/stocks/{stock_id}", body)
			_, unreadable := json.Marshal(reply)
			assert.NoError(t, errors.Join(err, unreadable))
		})
	}
	group.Wait()
	assert.EqualValues(t, 20, w.ok(t, "GET", h.batch(), nil).Int("sent_count_info.total_count"))
	assert.Len(t, w.events, 20)
}

// The webhooks are sent when the Book is released: who gets one may call at once.
func TestAWebhookMayCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(t, "POST", "/notify-configs", play.Object{"notify_url": hook})
	h := w.make(t)
	var confirmed any
	_, err := w.handlers["POST "+base+"/users/{openid}/coupons"](&play.Call{
		Caller: brand, Now: w.now, Vars: map[string]string{"openid": openid}, Body: wire(t, h.sending(w.no())),
		Emit: func(e play.Event) {
			o := e.Resource.(play.Object)
			var err error
			confirmed, err = w.handlers["POST "+base+"/users/{openid}/coupons/{coupon_code}/confirm"](&play.Call{
				Caller: brand, Now: w.now, Emit: w.emit, Body: wire(t, h.body().With(play.Object{"out_request_no": w.no()})),
				Vars: map[string]string{"openid": openid, "coupon_code": o.Text("coupon_code")},
			})
			assert.NoError(t, err)
		},
	})
	require.NoError(t, err)
	assert.Equal(t, "EFFECTIVE", wire(t, confirmed).Text("coupon_state"))
}
