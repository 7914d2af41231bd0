package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/notify"
)

// TestTypedIsLenient sends signed webhooks whose resources do not have the documented
// types.
func TestTypedIsLenient(t *testing.T) {
	t.Parallel()
	hundred := notify.Transaction{OutTradeNo: "N1"}
	hundred.Amount.Total = 600
	for _, tc := range []struct {
		name, resource string
		want           notify.Transaction
	}{
		{"number in a string", `{"out_trade_no":"N1","amount":{"total":"600"}}`, hundred},
		{"number with a fraction of 0", `{"out_trade_no":"N1","amount":{"total":600.0}}`, hundred},
		{"list for an absent object", `{"out_trade_no":"N1","payer":[]}`, notify.Transaction{OutTradeNo: "N1"}},
		{"string for an absent list", `{"out_trade_no":"N1","promotion_detail":""}`, notify.Transaction{OutTradeNo: "N1"}},
		{"unknown field", `{"out_trade_no":"N1","new":{"a":[1]}}`, notify.Transaction{OutTradeNo: "N1"}},
		{"null", `{"out_trade_no":"N1","amount":null}`, notify.Transaction{OutTradeNo: "N1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got notify.Transaction
			h, f := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Fallback = notify.Typed(func(_ context.Context, _ *notify.Event, order notify.Transaction) error {
					got = order
					return nil
				})
			})
			n := paid
			n.Resource = json.RawMessage(tc.resource)
			assert.Equal(t, 204, h.Serve(t.Context(), request(t, n)).Status)
			assert.Equal(t, tc.want, got)
			assert.Zero(t, f.count())
		})
	}
}

func TestTypedRefusesLoss(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, resource, path, want string }{
		{
			"fraction for an integer", `{"amount":{"total":600.5}}`, "amount.total",
			`notify: event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): notify: decoding the resource of event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): "amount.total": cannot decode a number into int64 without loss`,
		},
		{
			"text for an object", `{"amount":"a hundred"}`, "amount",
			`notify: event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): notify: decoding the resource of event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): "amount": cannot decode a string into notify.TransactionAmount without loss`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, f := handler(t, func(cfg *notify.HandlerConfig) {
				cfg.Fallback = notify.Typed(func(context.Context, *notify.Event, notify.Transaction) error {
					t.Error("called with an incomplete resource")
					return nil
				})
			})
			n := paid
			n.Resource = json.RawMessage(tc.resource)
			assert.Equal(t, 500, h.Serve(t.Context(), request(t, n)).Status, "the event is sent again")
			var mismatch *notify.DecodeError
			require.ErrorAs(t, f.last(t), &mismatch)
			require.Len(t, mismatch.Mismatches, 1)
			assert.Equal(t, tc.path, mismatch.Mismatches[0].Path)
			require.EqualError(t, f.last(t), tc.want)
		})
	}
}

func TestDecodeFillsAllOtherFields(t *testing.T) {
	t.Parallel()
	n := paid
	n.Resource = json.RawMessage(`{"attach":7,"amount":{"total":"many","payer_total":90},"trade_state":"SUCCESS"}`)
	e := parsed(t, n)
	order, err := notify.Decode[notify.Transaction](e)
	var mismatch *notify.DecodeError
	require.ErrorAs(t, err, &mismatch)
	assert.Equal(t, "amount.total", mismatch.Mismatches[0].Path)
	assert.Zero(t, order.Amount.Total)
	assert.EqualValues(t, 90, order.Amount.PayerTotal)
	assert.Equal(t, "7", order.Attach)
	assert.Equal(t, "SUCCESS", order.TradeState)
	assert.Equal(t, "many", e.Get("amount.total").Str)
}

func TestResourceThatIsNotJSON(t *testing.T) {
	t.Parallel()
	n := paid
	n.Resource = []byte("not JSON")
	e := parsed(t, n)
	require.EqualError(t, e.Decode(new(map[string]any)), `notify: decoding the resource of event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): not valid JSON`)
	assert.Equal(t, "not JSON", string(e.Bytes()))
	_, err := json.Marshal(e)
	require.NoError(t, err)
}

func TestZeroEvent(t *testing.T) {
	t.Parallel()
	var e notify.Event
	assert.Empty(t, e.Get("a").Raw)
	require.Error(t, e.Decode(new(int)))
	_, err := e.MarshalJSON()
	require.NoError(t, err)
}

// TestResourcesOfThePHPSDK decrypts every AES-GCM vector in a webhook.
func TestResourcesOfThePHPSDK(t *testing.T) {
	t.Parallel()
	for _, v := range vectors.Load(t).AESGCM {
		cfg := config()
		cfg.APIv3Key = cipher.NewSecret(v.Key)
		p, err := notify.NewParser(cfg)
		require.NoError(t, err)
		body, err := json.Marshal(map[string]any{"resource": map[string]any{
			"algorithm": "AEAD_AES_256_GCM", "nonce": v.Nonce, "associated_data": v.AssociatedData, "ciphertext": v.Ciphertext,
		}})
		require.NoError(t, err)
		e, err := p.Parse(t.Context(), signed(t, string(body)), bytes.NewReader(body))
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, string(e.Bytes()))
	}
}
