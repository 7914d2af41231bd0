package complaint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/complaint"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit/kittest"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

func TestAComplaintFromTheFirstWordToTheLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := about("1")
	c.Pictures = []string{"m/1+=", "m2"}
	id := w.complain(t, c)
	require.Len(t, id, 27)
	events := w.Events()
	require.Len(t, events, 1)
	assert.Equal(t, play.Event{
		URL: hook, Type: "COMPLAINT.CREATE", OriginalType: "complaint", Summary: "产生新投诉",
		Resource: play.Object{"complaint_id": id, "action_type": "CREATE_COMPLAINT"},
	}, events[0])

	o := w.get(t, id)
	assert.Equal(t, "PENDING", o.Text("complaint_state"))
	assert.Equal(t, "18500000000", o.Text("payer_phone"))
	assert.Equal(t, true, o.Get("incoming_user_response"))
	assert.EqualValues(t, 900, o.Int("apply_refund_amount"))
	assert.Equal(t, play.Object{"transaction_id": "420000001", "out_trade_no": "1", "amount": o.List("complaint_order_info")[0]["amount"]}, o.List("complaint_order_info")[0])
	assert.Equal(t, []any{
		"https://api.mch.weixin.qq.com/v3/merchant-service/images/m%2F1+=", "https://api.mch.weixin.qq.com/v3/merchant-service/images/m2",
	}, o.List("complaint_media_list")[0]["media_url"])

	w.OK(t, "POST", path(id, "response"), reply(play.Object{"response_images": []any{"m3"}}))
	assert.Equal(t, "PROCESSING", w.state(t, id))
	assert.Equal(t, false, w.get(t, id).Get("incoming_user_response"))
	require.NoError(t, w.book.Respond(w.Now, w.Emit, caller, id, "还没有", "m4"))
	assert.Equal(t, true, w.get(t, id).Get("incoming_user_response"))
	assert.Equal(t, "PROCESSING", w.state(t, id))
	w.OK(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
	w.OK(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
	assert.Equal(t, "PROCESSED", w.state(t, id))
	require.NoError(t, w.book.Continue(w.Now, w.Emit, caller, id, "还是没有"))
	assert.Equal(t, "PENDING", w.state(t, id))
	assert.EqualValues(t, 2, w.get(t, id).Int("user_complaint_times"))
	require.NoError(t, w.book.Withdraw(w.Now, caller, id))
	assert.Equal(t, "PROCESSED", w.state(t, id))

	assert.Equal(t, []string{"MERCHANT_RESPONSE", "USER_RESPONSE", "MERCHANT_CONFIRM_COMPLETE", "CONTINUE_COMPLAINT"}, w.actions(t))
	assert.Equal(t, []string{
		"USER_CREATE_COMPLAINT", "MERCHANT_RESPONSE", "USER_RESPONSE", "MERCHANT_CONFIRM_COMPLETE", "USER_CONTINUE_COMPLAINT", "USER_REVOKE_COMPLAINT",
	}, w.logs(t, id))
	data := w.OK(t, "GET", path(id, "negotiation-historys"), nil).List("data")
	assert.Equal(t, "USER_COMPLAINT_IMAGE", data[0].Text("complaint_media_list.media_type"))
	assert.Equal(t, "OPERATION_IMAGE", data[1].Text("complaint_media_list.media_type"))
	assert.Equal(t, "已发货", data[1].Text("operate_details"))
	assert.False(t, data[3].Has("image_list") || data[3].Has("operate_details"), "what there is not is left out")
}

func TestEventsOfStatesAreOfOneType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.a(t, "1")
	w.OK(t, "POST", path(id, "response"), reply())
	w.OK(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
	assert.Equal(t, []string{"COMPLAINT.STATE_CHANGE", "COMPLAINT.STATE_CHANGE"}, w.Types())
}

// What may be done in a state, and where it leads; "" is refused.
func TestStates(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		state                                                             string
		response, atOnce, approve, complete, respond, carriesOn, withdraw string
	}{
		{"PENDING", "PROCESSING", "PROCESSING", "PROCESSING", "PROCESSED", "PENDING", "", "PROCESSED"},
		{"PROCESSING", "PROCESSING", "PROCESSING", "PROCESSING", "PROCESSED", "PROCESSING", "", "PROCESSED"},
		{"PROCESSED", "", "", "", "PROCESSED", "", "PENDING", ""},
	} {
		t.Run(row.state, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			post := func(action string, body play.Object) func(string) error {
				return func(id string) error {
					if _, refusal := w.Do(t, "POST", path(id, action), body); refusal != nil {
						return refusal
					}
					return nil
				}
			}
			for i, action := range []struct {
				next string
				do   func(id string) error
			}{
				{row.response, post("response", reply())},
				{row.atOnce, post("response-immediate-service", message("x", "i"))},
				{row.approve, post("update-refund-progress", play.Object{"action": "APPROVE", "launch_refund_day": 0})},
				{row.complete, post("complete", play.Object{"complainted_mchid": caller})},
				{row.respond, func(id string) error { return w.book.Respond(w.Now, nil, caller, id, "x") }},
				{row.carriesOn, func(id string) error { return w.book.Continue(w.Now, nil, caller, id, "x") }},
				{row.withdraw, func(id string) error { return w.book.Withdraw(w.Now, caller, id) }},
			} {
				c := about(string(rune('a' + i)))
				c.Immediate = true
				id := w.complain(t, c)
				switch row.state {
				case "PROCESSING":
					w.OK(t, "POST", path(id, "response"), reply())
				case "PROCESSED":
					w.OK(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
				}
				require.Equal(t, row.state, w.state(t, id))
				err := action.do(id)
				if action.next == "" {
					kittest.Same(t, err, "INVALID_REQUEST", 0, "")
					action.next = row.state
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, action.next, w.state(t, id), "action %d", i)
			}
		})
	}
}

func message(text, id string) play.Object {
	return play.Object{
		"complainted_mchid": caller, "idempotent_id": id,
		"message": play.Object{"blocks": []any{play.Object{"type": "TEXT", "text": play.Object{"text": text}}}, "sender_identity": "MANUAL"},
	}
}

func TestAnAnswerAtOnceIsGivenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	target := func(id string) string { return path(id, "response-immediate-service") }
	w.Refused(t, "POST", target(w.a(t, "slow")), message("x", "i"), "INVALID_REQUEST", 0, "")
	c := about("1")
	c.Immediate = true
	id := w.complain(t, c)
	assert.Equal(t, true, w.get(t, id).Get("need_immediate_service"))
	w.Events()
	first := w.OK(t, "POST", target(id), message("x", "i")).Text("log_id")
	assert.Equal(t, first, w.OK(t, "POST", target(id), message("x", "i")).Text("log_id"))
	w.Refused(t, "POST", target(id), message("y", "i"), "INVALID_REQUEST", 0, "")
	assert.NotEqual(t, first, w.OK(t, "POST", target(id), message("x", "j")).Text("log_id"))
	assert.Equal(t, []string{"MERCHANT_RESPONSE", "MERCHANT_RESPONSE"}, w.actions(t))
	data := w.OK(t, "GET", path(id, "negotiation-historys"), nil).List("data")
	assert.Equal(t, "x", data[1].List("normal_message.blocks")[0].Text("text.text"))
	image := message("x", "k")
	image["message"] = play.Object{"blocks": []any{play.Object{"type": "IMAGE", "image": play.Object{"media_id": "unknown"}}}}
	w.Refused(t, "POST", target(id), image, "PARAM_ERROR", 0, "/message/blocks")
	image["message"] = play.Object{}
	w.Refused(t, "POST", target(id), image, "PARAM_ERROR", 0, "/message/blocks")
}

func TestRefundsThatAreAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	approve := play.Object{"action": "APPROVE", "launch_refund_day": 3}
	reject := play.Object{"action": "REJECT", "reject_reason": "已使用", "reject_media_list": []any{"m2"}}
	target := func(id string) string { return path(id, "update-refund-progress") }

	id := w.a(t, "1")
	w.OK(t, "POST", target(id), approve)
	w.OK(t, "POST", target(id), approve)
	w.Refused(t, "POST", target(id), reject, "INVALID_REQUEST", 0, "")
	w.book.Refunded(w.Now, w.Emit, caller, "420000001", 400)
	assert.Equal(t, false, w.get(t, id).Get("complaint_full_refunded"))
	w.book.Refunded(w.Now, w.Emit, caller, "420000001", 600)
	assert.Equal(t, true, w.get(t, id).Get("complaint_full_refunded"))
	assert.Equal(t, []string{"MERCHANT_APPROVE_REFUND", "REFUND_SUCCESS", "SELLER_REFUND"}, w.actions(t))
	assert.Equal(t, []string{
		"USER_CREATE_COMPLAINT", "MERCHANT_APPROVE_REFUND", "COMPLAINT_PARTIAL_REFUNDED_SYSTEM_MESSAGE", "COMPLAINT_FULL_REFUNDED_SYSTEM_MESSAGE",
	}, w.logs(t, id))

	id = w.a(t, "2")
	w.OK(t, "POST", target(id), reject)
	w.book.Refunded(w.Now, w.Emit, caller, "420000002", 1)
	assert.Equal(t, []string{"MERCHANT_REJECT_REFUND"}, w.actions(t))
	w.OK(t, "POST", path(id, "complete"), play.Object{"complainted_mchid": caller})
	require.NoError(t, w.book.Continue(w.Now, nil, caller, id, "x"))
	w.OK(t, "POST", target(id), approve)

	w.book.Refunded(w.Now, w.Emit, caller, "unknown", 1)
	w.book.Refunded(w.Now, w.Emit, "1900000999", "420000001", 1)
	w.book.Refunded(w.Now, w.Emit, caller, "420000001", 0)
	assert.Equal(t, []string{"MERCHANT_CONFIRM_COMPLETE", "MERCHANT_APPROVE_REFUND"}, w.actions(t), "none of these refunds")
	other := about("3")
	other.Type = "OTHERS"
	w.Refused(t, "POST", target(w.complain(t, other)), approve, "INVALID_REQUEST", 0, "")
}

func TestAPartnerHandlesComplaintsAboutItsMerchants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := about("1")
	c.MchID = "1900000110"
	id := w.complain(t, c)
	w.a(t, "2")
	assert.Equal(t, "1900000110", w.get(t, id).Text("complainted_mchid"))
	w.Refused(t, "POST", path(id, "response"), reply(), "PARAM_ERROR", 0, "/complainted_mchid")
	w.OK(t, "POST", path(id, "response"), reply(play.Object{"complainted_mchid": "1900000110"}))
	days := list + "?begin_date=2026-04-01&end_date=2026-04-01"
	assert.EqualValues(t, 2, w.OK(t, "GET", days, nil).Int("total_count"))
	found := w.OK(t, "GET", days+"&complainted_mchid=1900000110", nil).List("data")
	require.Len(t, found, 1)
	assert.Equal(t, id, found[0].Text("complaint_id"))
}

func TestWithoutAnAddressNothingIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "DELETE", place, nil)
	id := w.complain(t, about("1"))
	w.OK(t, "POST", path(id, "response"), reply())
	assert.Empty(t, w.Types())
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.OK(t, "DELETE", place, nil)
	w.Refused(t, "GET", place, nil, "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "PUT", place, play.Object{"url": hook}, "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "DELETE", place, nil, "RESOURCE_NOT_EXISTS", 0, "")
	w.Refused(t, "POST", place, play.Object{"url": "http://shop.example.com"}, "PARAM_ERROR", 0, "/url")
	assert.Equal(t, play.Object{"mchid": caller, "url": hook}, w.OK(t, "POST", place, play.Object{"url": hook}))
	w.OK(t, "POST", place, play.Object{"url": hook})
	w.Refused(t, "POST", place, play.Object{"url": hook + "/2"}, "ALREADY_EXISTS", 0, "")
	w.OK(t, "PUT", place, play.Object{"url": hook + "/2"})
	assert.Equal(t, hook+"/2", w.OK(t, "GET", place, nil).Text("url"))
	w.Caller = "1900000999"
	w.Refused(t, "GET", place, nil, "RESOURCE_NOT_EXISTS", 0, "")
}

func TestImages(t *testing.T) {
	t.Parallel()
	b := complaint.New()
	b.ImageLimit = 10
	b.AddImage("a", []byte("12345"))
	b.AddImage("b", []byte("12345"))
	b.AddImage("b", []byte("other"))
	data, ok := b.Image("b")
	assert.True(t, ok)
	assert.Equal(t, "12345", string(data), "an id is of one image")
	_, ok = b.Image("a")
	assert.True(t, ok, "the limit is not passed")
	b.AddImage("c", []byte("1"))
	_, ok = b.Image("a")
	assert.False(t, ok, "the oldest is dropped")
	b.AddImage("d", make([]byte, 11))
	_, ok = b.Image("d")
	assert.True(t, ok, "the newest stays")
	_, ok = b.Image("b")
	assert.False(t, ok)
}
