package paysign

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestAppMatchesThePHPSDK(t *testing.T) {
	t.Parallel()
	s, _ := merchantSigner(t)
	v := vectors.Load(t)
	require.NotEmpty(t, v.AppPay)
	for _, want := range v.AppPay {
		t.Run(want.PrepayID, func(t *testing.T) {
			t.Parallel()
			order, at := AppOrder{AppID: want.AppID, PartnerID: "1900000109", PrepayID: want.PrepayID}, stamp{want.TimeStamp, want.NonceStr}
			params := AppParams{
				AppID: want.AppID, PartnerID: "1900000109", PrepayID: want.PrepayID, Package: "Sign=WXPay",
				NonceStr: want.NonceStr, TimeStamp: want.TimeStamp, Sign: want.Sign,
			}
			got, err := app(t.Context(), s, order, at)
			require.NoError(t, err)
			assert.Equal(t, params, got)

			order.Instalments = 12
			got, err = app(t.Context(), s, order, at)
			require.NoError(t, err)
			params.Package = "Sign=WXPay&subsidy_period_type=PERIOD&selected_installment_number=12"
			assert.Equal(t, params, got, "the signature covers the bare prepay_id")
		})
	}
}

func TestAppParamsHaveTheDocumentedNames(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(AppParams{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"appid":"","partnerid":"","prepayid":"","package":"","noncestr":"","timestamp":"","sign":""}`, string(data))
}

func TestAppErrors(t *testing.T) {
	t.Parallel()
	s, _ := merchantSigner(t)
	good := AppOrder{AppID: "wx1", PartnerID: "1", PrepayID: "wx2"}
	for _, tc := range []struct {
		name   string
		signer signer.Signer
		order  AppOrder
		want   string
	}{
		{"no signer", nil, good, "paysign: the signer is nil; make one with signer.New"},
		{"no app id", s, AppOrder{PartnerID: "1", PrepayID: "wx2"}, "paysign: AppOrder.AppID is empty; set the app id that opens the payment"},
		{"no partner id", s, AppOrder{AppID: "wx1", PrepayID: "wx2"}, "paysign: AppOrder.PartnerID is empty; set the mchid that placed the order"},
		{"no prepay_id", s, AppOrder{AppID: "wx1", PartnerID: "1"}, "paysign: AppOrder.PrepayID is empty; set the prepay_id of the reply"},
		{
			"package in place of the prepay_id", s, AppOrder{AppID: "wx1", PartnerID: "1", PrepayID: "prepay_id=wx2"},
			`paysign: AppOrder.PrepayID "prepay_id=wx2" contains '=', '&' or white space; pass the bare id`,
		},
		{
			"negative instalments", s, AppOrder{AppID: "wx1", PartnerID: "1", PrepayID: "wx2", Instalments: -1},
			"paysign: AppOrder.Instalments is -1; set a number that the order offers, such as 3, 6 or 12, or 0",
		},
		{"signer fails", brokenSigner, good, "paysign: signing the parameters: broken"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := App(t.Context(), tc.signer, tc.order)
			require.EqualError(t, err, tc.want)
			assert.Zero(t, p)
		})
	}
	_, err := App(t.Context(), brokenSigner, good)
	require.ErrorIs(t, err, errBroken)
}
