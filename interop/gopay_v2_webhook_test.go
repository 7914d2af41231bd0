package interop_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/go-pay/gopay/wechat"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// takenV2 is what a shop answers a notification of APIv2 with.
var takenV2 = (&wechat.NotifyResponse{ReturnCode: "SUCCESS", ReturnMsg: "OK"}).ToXmlString()

// paid verifies and parses the notification of a payment.
func (p goPayV2) paid(r *http.Request, key string) (notice, error) {
	told, err := wechat.ParseNotifyToBodyMap(r)
	if err != nil {
		return notice{}, err
	}
	if ok, err := wechat.VerifySign(key, p.digest, told); !ok {
		return notice{}, errors.Join(err, errors.New("the sign is not WeChat Pay's"))
	}
	amount, err := strconv.Atoi(told.GetString("total_fee"))
	return notice{told.GetString("trade_type"), told.GetString("out_trade_no"), told.GetString("result_code"), amount}, err
}

// refunded decrypts and parses the notification of a refund, which has no sign.
func (p goPayV2) refunded(r *http.Request, key string) (notice, error) {
	told, err := wechat.ParseRefundNotify(r)
	if err != nil {
		return notice{}, err
	}
	refund, err := wechat.DecryptRefundNotifyReqInfo(told.ReqInfo, key)
	if err != nil {
		return notice{}, err
	}
	amount, err := strconv.Atoi(refund.RefundFee)
	return notice{refund.RefundRequestSource, refund.OutRefundNo, refund.RefundStatus, amount}, err
}

func TestGoPayV2Webhooks(t *testing.T) {
	t.Parallel()
	for _, digest := range digestsV2 {
		for _, row := range []struct {
			name   string
			handle func(goPayV2) handler
			cause  func(*testing.T, goPayV2, string)
			want   notice
		}{
			{"a payment", func(p goPayV2) handler { return p.paid }, func(t *testing.T, p goPayV2, url string) {
				p.order(t, "paid-1", url)
				payOrder(t, p.Sandbox, "paid-1")
			}, notice{"JSAPI", "paid-1", "SUCCESS", 100}},
			{"a refund", func(p goPayV2) handler { return p.refunded }, func(t *testing.T, p goPayV2, url string) {
				p.order(t, "refunded-1", nobody)
				p.refundOf(t, payOrder(t, p.Sandbox, "refunded-1"), "R-1", url)
			}, notice{"API", "R-1", "SUCCESS", 30}},
		} {
			t.Run(digest+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				outcomes := make(chan []sandbox.DeliveryAttempt, 2)
				hooks := sandbox.Webhooks{OnDelivery: func(attempts []sandbox.DeliveryAttempt, _ error) { outcomes <- attempts }}
				s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{Webhooks: hooks}))
				p := newGoPayV2(t, s, digest)
				url, inbox := newInbox(t, row.handle(p), s.Credentials.APIv2Key.Reveal(), takenV2)
				row.cause(t, p, url)
				got := next(t, inbox)
				require.NoError(t, got.err)
				assert.Equal(t, row.want, got.notice)
				attempts := <-outcomes
				require.Len(t, attempts, 1)
				assert.True(t, attempts[0].Acknowledged())
			})
		}
	}
}

func TestGoPayV2WrongWebhooks(t *testing.T) {
	t.Parallel()
	for _, digest := range digestsV2 {
		for _, fault := range []string{"tampered", "wrong-key", "garbled", "unsigned"} {
			t.Run(digest+"/"+fault, func(t *testing.T) {
				t.Parallel()
				p := newGoPayV2(t, sandboxtest.New(t), digest)
				url, inbox := newInbox(t, p.paid, p.Credentials.APIv2Key.Reveal(), takenV2)
				p.order(t, "paid-1", nobody)
				payOrder(t, p.Sandbox, "paid-1")
				n, err := p.Gateway.PaidNotification("paid-1")
				require.NoError(t, err)
				attempts, err := p.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: url, Faults: []string{fault}, RetrySchedule: []time.Duration{0}}, n)
				require.NoError(t, err, "acknowledged when it is sent again")
				require.Len(t, attempts, 2)
				require.Error(t, next(t, inbox).err)
				require.NoError(t, next(t, inbox).err)
			})
		}
		t.Run(digest+"/a refund, and a wrong key", func(t *testing.T) {
			t.Parallel()
			p := newGoPayV2(t, sandboxtest.New(t), digest)
			url, inbox := newInbox(t, p.refunded, "0123456789abcdef0123456789abcdef", takenV2)
			p.order(t, "refunded-1", nobody)
			p.refundOf(t, payOrder(t, p.Sandbox, "refunded-1"), "R-1", url)
			require.Error(t, next(t, inbox).err)
		})
	}
}
