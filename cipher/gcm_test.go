package cipher_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
)

func TestResourcesAgreeWithThePHPSDK(t *testing.T) {
	t.Parallel()
	for _, v := range vectors.Load(t).AESGCM {
		want := cipher.Resource{Nonce: v.Nonce, AssociatedData: v.AssociatedData, Ciphertext: v.Ciphertext}
		plaintext, err := cipher.DecryptResource(cipher.NewSecret(v.Key), want)
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, string(plaintext))

		encrypted, err := cipher.EncryptResource(cipher.NewSecret(v.Key), cipher.Resource{Nonce: v.Nonce, AssociatedData: v.AssociatedData}, []byte(v.Plaintext))
		require.NoError(t, err)
		assert.Equal(t, want, encrypted)
	}
}

func TestDecryptResourceErrors(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t).AESGCM[0]
	const failed = "cipher: decryption failed (wrong key, or altered data)"
	for _, tc := range []struct{ name, key, nonce, associated, ciphertext, want string }{
		{"short key", v.Key[1:], v.Nonce, v.AssociatedData, v.Ciphertext, "cipher: wrong length of key: it has 31 bytes; it must have 32"},
		{"long key", v.Key + "é", v.Nonce, v.AssociatedData, v.Ciphertext, "cipher: wrong length of key: it has 34 bytes; it must have 32"},
		{"another key", strings.Repeat("0", 32), v.Nonce, v.AssociatedData, v.Ciphertext, failed},
		{"short nonce", v.Key, v.Nonce[1:], v.AssociatedData, v.Ciphertext, "cipher: wrong length of nonce: it has 11 bytes; it must have 12 or 16"},
		{"empty nonce", v.Key, "", v.AssociatedData, v.Ciphertext, "cipher: wrong length of nonce: it has 0 bytes; it must have 12 or 16"},
		{"other associated data", v.Key, v.Nonce, "x", v.Ciphertext, failed},
		{"not base64", v.Key, v.Nonce, v.AssociatedData, "%", failed + ": the ciphertext is not base64"},
		{"shorter than a tag", v.Key, v.Nonce, v.AssociatedData, "AAAA", failed},
		{"empty ciphertext", v.Key, v.Nonce, v.AssociatedData, "", failed},
		{"altered ciphertext", v.Key, v.Nonce, v.AssociatedData, strings.Replace(v.Ciphertext, "A", "B", 1), failed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := cipher.DecryptResource(cipher.NewSecret(tc.key), cipher.Resource{Nonce: tc.nonce, AssociatedData: tc.associated, Ciphertext: tc.ciphertext})
			require.EqualError(t, err, tc.want)
			assert.NotContains(t, err.Error(), v.Key)
		})
	}
	_, err := cipher.EncryptResource(cipher.NewSecret("short"), cipher.Resource{Nonce: v.Nonce}, nil)
	require.ErrorIs(t, err, cipher.ErrKeySize)
}

func TestBytes(t *testing.T) {
	t.Parallel()
	key, nonce := cipher.NewSecret(strings.Repeat("k", 32)), "1234567890123456"
	plaintext := []byte("a part of a bill")
	ciphertext, err := cipher.EncryptBytes(key, nonce, plaintext)
	require.NoError(t, err)
	decrypted, err := cipher.DecryptBytes(key, nonce, bytes.Clone(ciphertext))
	require.NoError(t, err)
	assert.Equal(t, "a part of a bill", string(decrypted))

	_, err = cipher.DecryptBytes(key, "another nonce 16", ciphertext)
	require.ErrorIs(t, err, cipher.ErrDecrypt)
	_, err = cipher.DecryptBytes(key, "short", ciphertext)
	require.ErrorIs(t, err, cipher.ErrNonce)
	_, err = cipher.EncryptBytes(cipher.NewSecret("short"), nonce, plaintext)
	require.ErrorIs(t, err, cipher.ErrKeySize)
}
