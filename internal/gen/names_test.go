package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGoName(t *testing.T) {
	for name, want := range map[string]string{
		"out-trade-no":         "OutTradeNo",
		"out_trade_no":         "OutTradeNo",
		"jsapi-with-contract":  "JsapiWithContract",
		"sub_mchid":            "SubMchID",
		"appid":                "AppID",
		"download_url":         "DownloadURL",
		"payAuthNo":            "PayAuthNo",
		"payer _currency":      "PayerCurrency",
		"h5":                   "H5",
		"transaction.success":  "TransactionSuccess",
		"mch_transfer.ids.api": "MchTransferIDsAPI",
	} {
		assert.Equal(t, want, goName(name), name)
	}
}
