package paysign_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

func use(r paysign.ScoreUseRequest) func(cipher.Secret) (paysign.ScoreParams, error) {
	return func(key cipher.Secret) (paysign.ScoreParams, error) { return paysign.ScoreUse(r, key) }
}

func detail(r paysign.ScoreDetailRequest) func(cipher.Secret) (paysign.ScoreParams, error) {
	return func(key cipher.Secret) (paysign.ScoreParams, error) { return paysign.ScoreDetail(r, key) }
}

func enable(r paysign.ScoreEnableRequest) func(cipher.Secret) (paysign.ScoreParams, error) {
	return func(key cipher.Secret) (paysign.ScoreParams, error) { return paysign.ScoreEnable(r, key) }
}

func TestScore(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	for _, tc := range []struct {
		name string
		sign func(key cipher.Secret) (paysign.ScoreParams, error)
		want map[string]string
	}{
		{
			"wxpayScoreUse", use(paysign.ScoreUseRequest{MchID: "1900000109", Package: "AAQTlf/="}),
			map[string]string{"mch_id": "1900000109", "package": "AAQTlf/="},
		},
		{
			"wxpayScoreDetail", detail(paysign.ScoreDetailRequest{MchID: "1900000109", ServiceID: "500001", OutOrderNo: "O1"}),
			map[string]string{"mch_id": "1900000109", "service_id": "500001", "out_order_no": "O1"},
		},
		{
			"wxpayScoreEnable", enable(paysign.ScoreEnableRequest{MchID: "1900000109", ServiceID: "500001", OutRequestNo: "R1"}),
			map[string]string{"mch_id": "1900000109", "service_id": "500001", "out_request_no": "R1"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			params, err := tc.sign(key)
			require.NoError(t, err)
			assert.Equal(t, tc.name, params.BusinessType)
			sign, err := paysign.HMAC(params.ExtraData, key)
			require.NoError(t, err)
			tc.want["sign"], tc.want["sign_type"] = sign, "HMAC-SHA256"
			tc.want["timestamp"], tc.want["nonce_str"] = params.ExtraData["timestamp"], params.ExtraData["nonce_str"]
			assert.Equal(t, tc.want, params.ExtraData)
			assert.Regexp(t, `^\d{10}$`, params.ExtraData["timestamp"])
			assert.Len(t, params.ExtraData["nonce_str"], 26)

			values, err := url.ParseQuery(params.QueryString())
			require.NoError(t, err)
			assert.Len(t, values, len(tc.want))
			for field, value := range tc.want {
				assert.Equal(t, value, values.Get(field))
			}
		})
	}
}

func TestScoreErrors(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	const (
		mchID     = "is empty; set the merchant's mchid"
		serviceID = "is empty; set the service_id of the merchant's payment-score service"
		badKey    = "paysign: APIv2 key has length 1; use the key of 32 bytes from the merchant platform"
	)
	for _, tc := range []struct {
		name string
		sign func(key cipher.Secret) (paysign.ScoreParams, error)
		key  cipher.Secret
		want string
	}{
		{"use: no mchid", use(paysign.ScoreUseRequest{Package: "p"}), key, "paysign: ScoreUseRequest.MchID " + mchID},
		{
			"use: no package", use(paysign.ScoreUseRequest{MchID: "1"}), key,
			"paysign: ScoreUseRequest.Package is empty; set the package of the reply that created the order",
		},
		{"use: short key", use(paysign.ScoreUseRequest{MchID: "1", Package: "p"}), cipher.NewSecret("k"), badKey},
		{"detail: no mchid", detail(paysign.ScoreDetailRequest{}), key, "paysign: ScoreDetailRequest.MchID " + mchID},
		{"detail: no service_id", detail(paysign.ScoreDetailRequest{MchID: "1"}), key, "paysign: ScoreDetailRequest.ServiceID " + serviceID},
		{
			"detail: no out_order_no", detail(paysign.ScoreDetailRequest{MchID: "1", ServiceID: "5"}), key,
			"paysign: ScoreDetailRequest.OutOrderNo is empty; set the out_order_no of the order",
		},
		{"detail: short key", detail(paysign.ScoreDetailRequest{MchID: "1", ServiceID: "5", OutOrderNo: "O"}), cipher.NewSecret("k"), badKey},
		{"enable: no mchid", enable(paysign.ScoreEnableRequest{}), key, "paysign: ScoreEnableRequest.MchID " + mchID},
		{"enable: no service_id", enable(paysign.ScoreEnableRequest{MchID: "1"}), key, "paysign: ScoreEnableRequest.ServiceID " + serviceID},
		{
			"enable: no out_request_no", enable(paysign.ScoreEnableRequest{MchID: "1", ServiceID: "5"}), key,
			"paysign: ScoreEnableRequest.OutRequestNo is empty; set a unique request number",
		},
		{"enable: short key", enable(paysign.ScoreEnableRequest{MchID: "1", ServiceID: "5", OutRequestNo: "R"}), cipher.NewSecret("k"), badKey},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			params, err := tc.sign(tc.key)
			require.EqualError(t, err, tc.want)
			assert.Zero(t, params)
		})
	}
}
