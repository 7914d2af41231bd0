package cipher_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestGCMAgreesWithThePHPSDK(t *testing.T) {
	for _, v := range vectors.Load(t).AESGCM {
		plaintext, err := cipher.Open(v.Key, v.Nonce, v.AssociatedData, v.Ciphertext)
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, string(plaintext))

		sealed, err := cipher.Seal(v.Key, v.Nonce, v.AssociatedData, []byte(v.Plaintext))
		require.NoError(t, err)
		assert.Equal(t, v.Ciphertext, sealed)
	}
}

func TestGCMRefuses(t *testing.T) {
	v := vectors.Load(t).AESGCM[0]
	const other = "00000000000000000000000000000000"
	for name, tc := range map[string]struct{ key, nonce, associated, ciphertext, want string }{
		"a short key":            {v.Key[1:], v.Nonce, v.AssociatedData, v.Ciphertext, "31 bytes"},
		"another key":            {other, v.Nonce, v.AssociatedData, v.Ciphertext, "decryption failed"},
		"a nonce of 11 bytes":    {v.Key, v.Nonce[1:], v.AssociatedData, v.Ciphertext, "11 bytes"},
		"an empty nonce":         {v.Key, "", v.AssociatedData, v.Ciphertext, "0 bytes"},
		"other associated data":  {v.Key, v.Nonce, "x", v.Ciphertext, "decryption failed"},
		"no base64":              {v.Key, v.Nonce, v.AssociatedData, "%", "not base64"},
		"less than a tag":        {v.Key, v.Nonce, v.AssociatedData, "AAAA", "decryption failed"},
		"an empty ciphertext":    {v.Key, v.Nonce, v.AssociatedData, "", "decryption failed"},
		"an altered ciphertext":  {v.Key, v.Nonce, v.AssociatedData, strings.Replace(v.Ciphertext, "A", "B", 1), "decryption failed"},
		"a key of wrong charset": {v.Key + "é", v.Nonce, v.AssociatedData, v.Ciphertext, "34 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cipher.Open(tc.key, tc.nonce, tc.associated, tc.ciphertext)
			require.ErrorContains(t, err, tc.want)
			assert.NotContains(t, err.Error(), v.Key)
		})
	}
	_, err := cipher.Seal("short", v.Nonce, "", nil)
	require.ErrorContains(t, err, "5 bytes")
}
