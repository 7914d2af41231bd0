package cipher_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func merchantKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := keys.LoadPrivateKey(keys.Text(vectors.Load(tb).Merchant.PKCS8))
	require.NoError(tb, err)
	return key
}

func TestOAEPAgreesWithThePHPSDK(t *testing.T) {
	key := merchantKey(t)
	d, err := cipher.NewDecrypter(key)
	require.NoError(t, err)
	for _, v := range vectors.Load(t).OAEP {
		plaintext, err := cipher.Decrypt(t.Context(), d, v.Ciphertext)
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, plaintext)

		sealed, err := cipher.Encrypt(&key.PublicKey, v.Plaintext)
		require.NoError(t, err)
		plaintext, err = cipher.Decrypt(t.Context(), d, sealed)
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, plaintext)
	}
}

func TestEncryptRefuses(t *testing.T) {
	key := &merchantKey(t).PublicKey
	sealed, err := cipher.Encrypt(key, strings.Repeat("x", 214))
	require.NoError(t, err)
	_, err = cipher.Encrypt(key, strings.Repeat("x", 215))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	require.ErrorContains(t, err, "215 bytes of UTF-8, and 214 are allowed")
	_, err = cipher.Encrypt(key, strings.Repeat("中", 72))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	_, err = cipher.Encrypt(key, sealed)
	require.ErrorIs(t, err, cipher.ErrEncryptedAlready)
	_, err = cipher.Encrypt(key, strings.Repeat("%", 344))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	for _, none := range []*rsa.PublicKey{nil, {}} {
		_, err = cipher.Encrypt(none, "x")
		require.ErrorContains(t, err, "is nil")
	}
}

func TestDecryptRefuses(t *testing.T) {
	key := merchantKey(t)
	d, err := cipher.NewDecrypter(key)
	require.NoError(t, err)
	binary, err := cipher.Encrypt(&key.PublicKey, "\xff")
	require.NoError(t, err)
	for name, ciphertext := range map[string]string{"no base64": "%", "empty": "", "another length": "AAAA", "garbage": strings.Repeat("A", 344), "no text": binary} {
		_, err := cipher.Decrypt(t.Context(), d, ciphertext)
		require.ErrorIs(t, err, cipher.ErrDecrypt, name)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = cipher.Decrypt(ended, d, binary)
	require.ErrorIs(t, err, context.Canceled)
	_, err = cipher.Decrypt(t.Context(), nil, binary)
	require.ErrorContains(t, err, "is nil")

	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, key := range map[string]crypto.Decrypter{"nil": nil, "a nil key": (*rsa.PrivateKey)(nil), "another kind": odd{ec.Public()}} {
		_, err = cipher.NewDecrypter(key)
		require.Error(t, err, name)
	}
	broken := odd{key.Public()}
	d, err = cipher.NewDecrypter(broken)
	require.NoError(t, err)
	_, err = cipher.Decrypt(t.Context(), d, binary)
	require.ErrorIs(t, err, errOdd, "the cause, of an HSM for instance, is kept")
}

var errOdd = errors.New("the HSM is gone")

type odd struct{ public crypto.PublicKey }

func (o odd) Public() crypto.PublicKey { return o.public }
func (odd) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, errOdd
}

func TestECBAgreesWithThePHPSDK(t *testing.T) {
	v := vectors.Load(t)
	require.NotEmpty(t, v.AESECB)
	for _, c := range v.AESECB {
		plaintext, err := cipher.OpenLegacyECB(c.Key, c.Ciphertext)
		require.NoError(t, err)
		assert.Equal(t, c.Plaintext, string(plaintext))
		sealed, err := cipher.SealLegacyECB(c.Key, []byte(c.Plaintext))
		require.NoError(t, err)
		assert.Equal(t, c.Ciphertext, sealed)
	}
	assert.Len(t, cipher.LegacyKey(v.APIv2Key), cipher.KeySize)
	key := v.AESECB[0].Key
	for name, tc := range map[string]struct {
		key, ciphertext string
		want            error
	}{
		"a short key":   {key[1:], v.AESECB[0].Ciphertext, cipher.ErrKeySize},
		"another key":   {strings.Repeat("0", 32), v.AESECB[0].Ciphertext, cipher.ErrDecrypt},
		"no base64":     {key, "%", cipher.ErrDecrypt},
		"empty":         {key, "", cipher.ErrDecrypt},
		"half a block":  {key, "AAAA", cipher.ErrDecrypt},
		"wrong padding": {key, "AAAAAAAAAAAAAAAAAAAAAA==", cipher.ErrDecrypt},
	} {
		_, err := cipher.OpenLegacyECB(tc.key, tc.ciphertext)
		require.ErrorIs(t, err, tc.want, name)
	}
	_, err := cipher.SealLegacyECB("short", nil)
	require.ErrorIs(t, err, cipher.ErrKeySize)
}

func FuzzOpenLegacyECB(f *testing.F) {
	for _, c := range vectors.Load(f).AESECB {
		f.Add(c.Key, c.Ciphertext)
	}
	f.Fuzz(func(t *testing.T, key, ciphertext string) {
		if text, err := cipher.OpenLegacyECB(key, ciphertext); err != nil && text != nil {
			t.Fatal("a text beside an error")
		}
	})
}
