package cipher_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestECBAgreesWithThePHPSDK(t *testing.T) {
	v := vectors.Load(t)
	require.NotEmpty(t, v.AESECB)
	for _, c := range v.AESECB {
		plaintext, err := cipher.DecryptLegacyECB(cipher.NewSecret(c.Key), c.Ciphertext)
		require.NoError(t, err)
		assert.Equal(t, c.Plaintext, string(plaintext))
		encrypted, err := cipher.EncryptLegacyECB(cipher.NewSecret(c.Key), []byte(c.Plaintext))
		require.NoError(t, err)
		assert.Equal(t, c.Ciphertext, encrypted)
	}
	assert.Equal(t, cipher.KeySize, cipher.LegacyKey(cipher.NewSecret(v.APIv2Key)).Len())
	key := v.AESECB[0].Key
	for _, tc := range []struct {
		name, key, ciphertext string
		want                  error
	}{
		{"short key", key[1:], v.AESECB[0].Ciphertext, cipher.ErrKeySize},
		{"another key", strings.Repeat("0", 32), v.AESECB[0].Ciphertext, cipher.ErrDecrypt},
		{"not base64", key, "%", cipher.ErrDecrypt},
		{"empty", key, "", cipher.ErrDecrypt},
		{"half a block", key, "AAAA", cipher.ErrDecrypt},
		{"wrong padding", key, "AAAAAAAAAAAAAAAAAAAAAA==", cipher.ErrDecrypt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := cipher.DecryptLegacyECB(cipher.NewSecret(tc.key), tc.ciphertext)
			require.ErrorIs(t, err, tc.want)
		})
	}
	_, err := cipher.EncryptLegacyECB(cipher.NewSecret("short"), nil)
	require.ErrorIs(t, err, cipher.ErrKeySize)
}

func TestECBReadsBase64AsThePHPSDKDoes(t *testing.T) {
	t.Parallel()
	key := cipher.LegacyKey(cipher.NewSecret(vectors.V2APIKey))
	padded, err := cipher.EncryptLegacyECB(key, []byte("<root/>"))
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(padded, "=="))
	for _, row := range []struct{ name, ciphertext string }{
		{"as it is", padded},
		{"without padding", strings.TrimRight(padded, "=")},
		{"broken over lines", padded[:10] + "\r\n" + padded[10:] + "\n"},
		{"indented", "\n\t  " + padded[:10] + "\n\t  " + padded[10:] + "\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			plaintext, err := cipher.DecryptLegacyECB(key, row.ciphertext)
			require.NoError(t, err)
			assert.Equal(t, "<root/>", string(plaintext))
		})
	}
}

func FuzzDecryptLegacyECB(f *testing.F) {
	for _, c := range vectors.Load(f).AESECB {
		f.Add(c.Key, c.Ciphertext)
	}
	f.Fuzz(func(t *testing.T, key, ciphertext string) {
		if text, err := cipher.DecryptLegacyECB(cipher.NewSecret(key), ciphertext); err != nil && text != nil {
			t.Fatal("a text together with an error")
		}
	})
}
