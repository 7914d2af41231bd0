package paysign

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var errBroken = errors.New("broken")

var brokenSigner = signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, errBroken })

func merchantSigner(t *testing.T) (signer.Signer, *rsa.PrivateKey) {
	t.Helper()
	key, err := keys.LoadPrivateKey(keys.Text(vectors.Load(t).Merchant.PKCS8))
	require.NoError(t, err)
	s, err := signer.New(key)
	require.NoError(t, err)
	return s, key
}

func TestJSAPIMatchesThePHPSDK(t *testing.T) {
	t.Parallel()
	s, _ := merchantSigner(t)
	v := vectors.Load(t)
	require.NotEmpty(t, v.JSAPIPay)
	for _, want := range v.JSAPIPay {
		t.Run(want.Package, func(t *testing.T) {
			t.Parallel()
			order := JSAPIOrder{AppID: want.AppID, PrepayID: want.Package[len("prepay_id="):]}
			got, err := jsapi(t.Context(), s, order, stamp{want.TimeStamp, want.NonceStr})
			require.NoError(t, err)
			assert.Equal(t, JSAPIParams{
				AppID: want.AppID, TimeStamp: want.TimeStamp, NonceStr: want.NonceStr,
				Package: want.Package, SignType: "RSA", PaySign: want.PaySign,
			}, got)
		})
	}
}

func TestJSAPISignsTheInstalments(t *testing.T) {
	t.Parallel()
	s, key := merchantSigner(t)
	p, err := JSAPI(t.Context(), s, JSAPIOrder{AppID: "wx1", PrepayID: "wx2", Instalments: 3})
	require.NoError(t, err)
	assert.Equal(t, "prepay_id=wx2&subsidy_period_type=PERIOD&selected_installment_number=3", p.Package)
	signature, err := base64.StdEncoding.DecodeString(p.PaySign)
	require.NoError(t, err)
	message := []byte(p.AppID + "\n" + p.TimeStamp + "\n" + p.NonceStr + "\n" + p.Package + "\n")
	require.NoError(t, signer.NewVerifier(keys.Set{"01": &key.PublicKey}, nil).Verify(t.Context(), "01", message, signature))
}

func TestJSAPIIsForOneUse(t *testing.T) {
	t.Parallel()
	s, _ := merchantSigner(t)
	first, err := JSAPI(t.Context(), s, JSAPIOrder{AppID: "wx1", PrepayID: "wx2"})
	require.NoError(t, err)
	second, err := JSAPI(t.Context(), s, JSAPIOrder{AppID: "wx1", PrepayID: "wx2"})
	require.NoError(t, err)
	assert.NotEqual(t, first.NonceStr, second.NonceStr)
	assert.Regexp(t, `^\d{10}$`, first.TimeStamp)
}

func TestJSAPIErrors(t *testing.T) {
	t.Parallel()
	s, _ := merchantSigner(t)
	for _, tc := range []struct {
		name   string
		signer signer.Signer
		order  JSAPIOrder
		want   string
	}{
		{"no signer", nil, JSAPIOrder{AppID: "wx1", PrepayID: "wx2"}, "paysign: the signer is nil; make one with signer.New"},
		{"no app id", s, JSAPIOrder{PrepayID: "wx2"}, "paysign: JSAPIOrder.AppID is empty; set the app id that opens the payment"},
		{"no prepay_id", s, JSAPIOrder{AppID: "wx1"}, "paysign: JSAPIOrder.PrepayID is empty; set the prepay_id of the reply"},
		{
			"malformed app id", s, JSAPIOrder{AppID: "wx 1", PrepayID: "wx2"},
			`paysign: JSAPIOrder.AppID "wx 1" contains '=', '&' or white space; pass the bare id`,
		},
		{
			"package in place of the prepay_id", s, JSAPIOrder{AppID: "wx1", PrepayID: "prepay_id=wx2"},
			`paysign: JSAPIOrder.PrepayID "prepay_id=wx2" contains '=', '&' or white space; pass the bare id`,
		},
		{
			"negative instalments", s, JSAPIOrder{AppID: "wx1", PrepayID: "wx2", Instalments: -1},
			"paysign: JSAPIOrder.Instalments is -1; set a number that the order offers, such as 3, 6 or 12, or 0",
		},
		{"signer fails", brokenSigner, JSAPIOrder{AppID: "wx1", PrepayID: "wx2"}, "paysign: signing the parameters: broken"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := JSAPI(t.Context(), tc.signer, tc.order)
			require.EqualError(t, err, tc.want)
			assert.Zero(t, p)
		})
	}
}
