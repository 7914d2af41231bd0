package signer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestPayParametersAreThoseOfThePHPSDK(t *testing.T) {
	v := vectors.Load(t)
	key, err := PrivateKey(Text(v.Merchant.PKCS8))
	require.NoError(t, err)
	s, err := New(key)
	require.NoError(t, err)
	require.NotEmpty(t, v.JSAPIPay)
	for _, want := range v.JSAPIPay {
		prepayID := want.Package[len("prepay_id="):]
		got, err := payJSAPI(t.Context(), s, want.AppID, prepayID, want.TimeStamp, want.NonceStr)
		require.NoError(t, err)
		assert.Equal(t, JSAPIPay{
			AppID: want.AppID, TimeStamp: want.TimeStamp, NonceStr: want.NonceStr,
			Package: want.Package, SignType: "RSA", PaySign: want.PaySign,
		}, got)
	}
	fresh, err := PayJSAPI(t.Context(), s, "wx1", "wx2")
	require.NoError(t, err)
	again, err := PayJSAPI(t.Context(), s, "wx1", "wx2")
	require.NoError(t, err)
	assert.NotEqual(t, fresh.NonceStr, again.NonceStr)
	assert.Regexp(t, `^\d{10}$`, fresh.TimeStamp)

	_, err = PayJSAPI(t.Context(), s, "", "wx2")
	require.ErrorContains(t, err, "app id")
	_, err = PayJSAPI(t.Context(), nil, "wx1", "wx2")
	require.ErrorContains(t, err, "need a signer")
}
