package notify_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestStatusDecidesWhetherAnEventIsHandled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{-1, 1, 100, 103, 199, 200, 201, 202, 204, 206, 302, 304, 399, 400, 500, 599, 600, 1000} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			calls := 0
			h, f := handler(t, func(c *notify.HandlerConfig) {
				c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
					calls++
					return &notify.Reply{Status: status, Body: []byte("{}")}, nil
				}
			})
			attempts, _ := deliver(t, h, sandbox.Delivery{Duplicates: 1}, paid)
			acknowledged := status == 200 || status == 204
			assert.Equal(t, acknowledged, attempts[0].Acknowledged())
			assert.Equal(t, acknowledged, calls == 1, "an event that was not acknowledged is processed again")
			if !acknowledged && (status < 400 || status > 599) {
				assert.Equal(t, 500, attempts[0].Status)
				require.ErrorIs(t, f.last(t), notify.ErrStatus)
			}
		})
	}
}

// TestAnswersThatOnlyLookLikeASuccess: WeChat Pay sends the event again after them, and
// the function runs each time. Each run is reported.
func TestAnswersThatOnlyLookLikeASuccess(t *testing.T) {
	t.Parallel()
	for _, status := range []int{201, 202, 206, 302} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(c *notify.HandlerConfig) {
				c.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { return &notify.Reply{Status: status}, nil }
			})
			attempts, _ := deliver(t, h, sandbox.Delivery{RetrySchedule: sandbox.RetrySchedule(), Scale: 1e-6}, paid)
			assert.Len(t, attempts, f.count())
			require.ErrorIs(t, f.last(t), notify.ErrStatus)
			require.ErrorContains(t, f.last(t), fmt.Sprint("invalid reply status ", status, "; use 200 or 204 for success, or 400 to 599"))
		})
	}
}

func TestReplyWithData(t *testing.T) {
	t.Parallel()
	h, _ := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) {
			reply, err := notify.JSON(200, map[string]any{"retention_type": "COUPON"})
			reply.Header.Set("X-Shop", "1")
			return reply, err
		}
	})
	query := paid
	query.EventType = notify.EntrustTerminateRetention
	for range 2 { // a query is answered each time
		reply := h.Serve(t.Context(), request(t, query))
		assert.Equal(t, 200, reply.Status)
		assert.Equal(t, "1", reply.Header.Get("X-Shop"))
		assert.JSONEq(t, `{"retention_type":"COUPON"}`, string(reply.Body))
	}
	r, err := gateway().WebhookRequest(t.Context(), "/notify", query, "")
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	assert.Equal(t, "application/json", recorder.Header().Get("Content-Type"))
	assert.Equal(t, "27", recorder.Header().Get("Content-Length"))
	assert.JSONEq(t, `{"retention_type":"COUPON"}`, recorder.Body.String())
	assert.Empty(t, recorder.Header().Get("Authorization"))
}

func TestSignedReplies(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	body := []byte(`{"name":"店"}`)
	for _, tc := range []struct {
		name   string
		reply  *notify.Reply
		signed []byte
	}{
		{"200 with a body", &notify.Reply{Body: body}, body},
		{"204 without its body", &notify.Reply{Status: 204, Body: body}, nil},
		{"nil", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, _ := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Credential = signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign}
				cfg.Routes = map[notify.Route]notify.Func{
					{EventType: notify.CrossBorderPayGetMchInfo}: func(context.Context, *notify.Event) (*notify.Reply, error) { return tc.reply, nil },
				}
			})
			n := paid
			n.EventType, n.OriginalType = notify.CrossBorderPayGetMchInfo, "cross_border_pay"
			reply := h.Serve(t.Context(), request(t, n))
			assert.Equal(t, string(tc.signed), string(reply.Body))
			auth, err := signer.ParseAuthorization(reply.Header.Get("Authorization"))
			require.NoError(t, err)
			message := signer.RequestMessage(signer.Request{Method: "POST", Target: "/notify", Timestamp: auth.Timestamp, Nonce: auth.Nonce, Body: tc.signed})
			verifier := signer.NewVerifier(keys.Set{cred.Serial: cred.Certificate}, nil)
			require.NoError(t, verifier.Verify(t.Context(), auth.Serial, message, auth.Signature))
		})
	}
}
