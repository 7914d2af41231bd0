package guide_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func partsOf(numbers ...string) (parts []guide.Part) {
	for i, number := range numbers {
		parts = append(parts, guide.Part{
			MchID: []string{"1900000209", "1900000309"}[i], OutTradeNo: number, Description: "Tea", Total: 1800,
		})
	}
	return parts
}

func (b *books) PartPaid(_ context.Context, mchID, number, _ string, total int64) error {
	if total != 1800 {
		return fmt.Errorf("part %s: paid %d", number, total)
	}
	b.write("paid %s of %s", number, mchID)
	return nil
}

func TestPaidOrdersBelievesTheStateAlone(t *testing.T) {
	s := sandboxtest.New(t)
	b := &books{}
	handler := combineHandler(t, s, b)
	for _, row := range []struct{ name, resource string }{
		{"a plain order", `{"out_trade_no":"PLAIN-1","trade_state":"CLOSED","amount":{"total":1800}}`},
		{"a part", `{"combine_out_trade_no":"COMBINE-1","sub_orders":[{"mchid":"1900000209","out_trade_no":"PART-1","trade_state":"CLOSED","amount":{"total_amount":1800}}]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			request, err := s.Gateway.WebhookRequest(t.Context(), "/notify", sandbox.Notification{
				EventType: notify.TransactionSuccess, OriginalType: "transaction", Resource: json.RawMessage(row.resource),
			}, "")
			require.NoError(t, err)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, request)
			assert.Equal(t, 500, w.Code)
			assert.Empty(t, b.read())
		})
	}
}

// combineHandler is the webhook of a shop that has both kinds of orders.
func combineHandler(t *testing.T, s *sandboxtest.Sandbox, b *books) *notify.Handler {
	t.Helper()
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: s.Client.PlatformKeys(), APIv3Key: s.Credentials.APIv3Key},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: guide.PaidOrders(b),
		},
	})
	require.NoError(t, err)
	return handler
}

func TestCombinedOfAServiceProvider(t *testing.T) {
	s := sandboxtest.New(t)
	parts := partsOf("PART-101", "PART-102")
	for i := range parts {
		parts[i].SubMchID, parts[i].MchID = parts[i].MchID, s.Credentials.MchID
	}
	_, err := guide.CombineJSAPI(t.Context(), s.Client, orderOf("COMBINE-09"), parts, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	require.NoError(t, err)
	exchanges := s.Gateway.Exchanges()
	assert.Contains(t, exchanges[len(exchanges)-1].Body, `"sub_mchid":"1900000209"`)
}

func TestCombined(t *testing.T) {
	s := sandboxtest.New(t)
	openid := "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	params, err := guide.CombineJSAPI(t.Context(), s.Client, orderOf("COMBINE-01"), partsOf("PART-001", "PART-002"), openid)
	require.NoError(t, err)
	assert.Equal(t, "wxd678efh567hg6787", params.AppID)
	_, err = s.Gateway.Pay("COMBINE-01")
	require.NoError(t, err)

	trade, err := guide.QueryCombined(t.Context(), s.Client, "COMBINE-01")
	require.NoError(t, err)
	require.Len(t, trade.SubOrders, 2)
	for _, part := range trade.SubOrders {
		assert.Equal(t, "SUCCESS", string(part.TradeState))
		assert.NotEmpty(t, part.TransactionID)
	}

	t.Run("the notification settles each part, and plain orders too", func(t *testing.T) {
		b := &books{}
		handler := combineHandler(t, s, b)
		paidOrder(t, s, "PLAIN-0001")
		for _, number := range []string{"COMBINE-01", "PLAIN-0001"} {
			paid, err := s.Gateway.PaidNotification(number)
			require.NoError(t, err)
			request, err := s.Gateway.WebhookRequest(t.Context(), "/notify", paid, "")
			require.NoError(t, err)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, request)
			assert.Equal(t, 204, w.Code)
		}
		assert.Equal(t, []string{"paid PART-001 of 1900000209", "paid PART-002 of 1900000309", "paid PLAIN-0001"}, b.read())
	})
	t.Run("close", func(t *testing.T) {
		order, parts := orderOf("COMBINE-02"), partsOf("PART-003", "PART-004")
		_, err := guide.CombineJSAPI(t.Context(), s.Client, order, parts, openid)
		require.NoError(t, err)
		require.Error(t, guide.CloseCombined(t.Context(), s.Client, order, parts[:1]), "another list")
		require.NoError(t, guide.CloseCombined(t.Context(), s.Client, order, parts))
		trade, err := guide.QueryCombined(t.Context(), s.Client, "COMBINE-02")
		require.NoError(t, err)
		assert.Equal(t, "CLOSED", string(trade.SubOrders[0].TradeState))
	})
	t.Run("a part is not a plain order", func(t *testing.T) {
		_, err := guide.QueryOrder(t.Context(), s.Client, "PART-001")
		var api *wechatpay.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "ORDER_NOT_EXIST", api.Code)
	})
}
