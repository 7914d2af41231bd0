package paysign_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

func TestHMACMatchesThePHPSDK(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, want := range vectors.Load(t).V2Sign {
		if want.Type == "HMAC-SHA256" {
			compared++
			sign, err := paysign.HMAC(want.Params, cipher.NewSecret(want.Key))
			require.NoError(t, err)
			assert.Equal(t, want.Sign, sign)
		}
	}
	assert.Positive(t, compared)
}

func TestHMACErrors(t *testing.T) {
	t.Parallel()
	key := cipher.NewSecret(vectors.Load(t).APIv2Key)
	for _, tc := range []struct {
		name   string
		params map[string]string
		key    cipher.Secret
		want   string
	}{
		{"no key", map[string]string{"a": "b"}, cipher.Secret{}, "paysign: APIv2 key has length 0; use the key of 32 bytes from the merchant platform"},
		{"short key", map[string]string{"a": "b"}, cipher.NewSecret("hidden"), "paysign: APIv2 key has length 6; use the key of 32 bytes from the merchant platform"},
		{"no parameters", nil, key, "paysign: every parameter is empty; set at least one to sign"},
		{"empty parameters", map[string]string{"a": "", "sign": "x"}, key, "paysign: every parameter is empty; set at least one to sign"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := paysign.HMAC(tc.params, tc.key)
			require.EqualError(t, err, tc.want)
		})
	}
}
