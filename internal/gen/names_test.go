package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGoName(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, want string }{
		{"out-trade-no", "OutTradeNo"},
		{"out_trade_no", "OutTradeNo"},
		{"jsapi-with-contract", "JsapiWithContract"},
		{"sub_mchid", "SubMchID"},
		{"appid", "AppID"},
		{"wxappid", "WxAppID"},
		{"addInstitutionsub", "AddInstitutionsub"},
		{"coupon_refund_id_$n_$m", "CouponRefundIDNM"},
		{"download_url", "DownloadURL"},
		{"payAuthNo", "PayAuthNo"},
		{"payer _currency", "PayerCurrency"},
		{"h5", "H5"},
		{"transaction.success", "TransactionSuccess"},
		{"mch_transfer.ids.api", "MchTransferIDsAPI"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, goName(row.name))
		})
	}
}
