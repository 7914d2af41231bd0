package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestPartner(t *testing.T) {
	s := sandboxtest.New(t)
	sub := guide.SubMerchant{MchID: "1900000209", AppID: "wx0123456789abcdef"}
	for _, row := range []struct {
		kind, number, field string
		more                wechatpay.M
	}{
		{"native", "PARTNER-01", "code_url", nil},
		{"app", "PARTNER-02", "prepay_id", nil},
		{"h5", "PARTNER-03", "h5_url", wechatpay.M{"scene_info": wechatpay.M{"payer_client_ip": "203.0.113.7", "h5_info": wechatpay.M{"type": "Wap"}}}},
		{"jsapi", "PARTNER-04", "prepay_id", wechatpay.M{"payer": wechatpay.M{"sp_openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}},
	} {
		t.Run(row.kind, func(t *testing.T) {
			resp, err := guide.PartnerOrder(t.Context(), s.Client, row.kind, sub, orderOf(row.number), row.more)
			require.NoError(t, err)
			assert.NotEmpty(t, resp.Get(row.field).String())
			_, err = s.Gateway.Pay(row.number)
			require.NoError(t, err)
			trade, err := guide.QueryPartnerOrder(t.Context(), s.Client, sub, row.number)
			require.NoError(t, err)
			assert.Equal(t, "SUCCESS", trade.TradeState)
			assert.Equal(t, sub.MchID, trade.SubMchID)
		})
	}
	t.Run("a page of the sub-merchant", func(t *testing.T) {
		params, err := guide.PartnerJSAPI(t.Context(), s.Client, sub, orderOf("PARTNER-05"), "oSubF8uMuAJO_M2pxb1Q9zNjWeS6")
		require.NoError(t, err)
		assert.Equal(t, sub.AppID, params.AppID)
	})
	t.Run("an order of another sub-merchant", func(t *testing.T) {
		_, err := guide.QueryPartnerOrder(t.Context(), s.Client, guide.SubMerchant{MchID: "1900000309"}, "PARTNER-01")
		require.Error(t, err)
	})
	t.Run("a refund names the sub-merchant", func(t *testing.T) {
		resp, err := s.Client.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
			"sub_mchid": sub.MchID, "out_trade_no": "PARTNER-01", "out_refund_no": "PR1",
			"amount": wechatpay.M{"refund": 1800, "total": 1800, "currency": "CNY"},
		}})
		require.NoError(t, err)
		assert.Equal(t, "PROCESSING", resp.Get("status").String())
	})
}
