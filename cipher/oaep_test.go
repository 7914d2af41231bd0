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
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
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

		ciphertext, err := cipher.Encrypt(&key.PublicKey, v.Plaintext)
		require.NoError(t, err)
		plaintext, err = cipher.Decrypt(t.Context(), d, ciphertext)
		require.NoError(t, err)
		assert.Equal(t, v.Plaintext, plaintext)
	}
}

func TestEncryptRefuses(t *testing.T) {
	key := &merchantKey(t).PublicKey
	ciphertext, err := cipher.Encrypt(key, strings.Repeat("x", 214))
	require.NoError(t, err)
	_, err = cipher.Encrypt(key, strings.Repeat("x", 215))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	require.ErrorContains(t, err, "215 bytes of UTF-8, and 214 are allowed")
	_, err = cipher.Encrypt(key, strings.Repeat("中", 72))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	_, err = cipher.Encrypt(key, ciphertext)
	require.ErrorIs(t, err, cipher.ErrEncryptedAlready)
	_, err = cipher.Encrypt(key, strings.Repeat("%", 344))
	require.ErrorIs(t, err, cipher.ErrTooLong)
	for _, none := range []*rsa.PublicKey{nil, {}} {
		_, err = cipher.Encrypt(none, "x")
		require.ErrorContains(t, err, "is nil")
	}
}

func TestDecrypterPrintsNoKey(t *testing.T) {
	t.Parallel()
	key := merchantKey(t)
	d, err := cipher.NewDecrypter(key)
	require.NoError(t, err)
	printtest.Hides(t, d, printtest.PrivateNumbers(key)...)
}

func TestDecryptRefuses(t *testing.T) {
	key := merchantKey(t)
	d, err := cipher.NewDecrypter(key)
	require.NoError(t, err)
	binary, err := cipher.Encrypt(&key.PublicKey, "\xff")
	require.NoError(t, err)
	for _, tc := range []struct{ name, ciphertext string }{
		{"not base64", "%"}, {"empty", ""}, {"another length", "AAAA"}, {"garbage", strings.Repeat("A", 344)}, {"plaintext is not UTF-8", binary},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := cipher.Decrypt(t.Context(), d, tc.ciphertext)
			require.ErrorIs(t, err, cipher.ErrDecrypt)
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = cipher.Decrypt(ended, d, binary)
	require.ErrorIs(t, err, context.Canceled)
	_, err = cipher.Decrypt(t.Context(), nil, binary)
	require.ErrorContains(t, err, "is nil")

	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for _, tc := range []struct {
		name, want string
		key        crypto.Decrypter
	}{
		{"nil", "cipher: the private key is nil", nil},
		{"nil RSA key", "cipher: the private key is nil", (*rsa.PrivateKey)(nil)},
		{"another kind", "cipher: the private key is not an RSA key: its public key is a *ecdsa.PublicKey", brokenKey{ec.Public()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := cipher.NewDecrypter(tc.key)
			require.EqualError(t, err, tc.want)
		})
	}
	broken := brokenKey{key.Public()}
	d, err = cipher.NewDecrypter(broken)
	require.NoError(t, err)
	_, err = cipher.Decrypt(t.Context(), d, binary)
	require.ErrorIs(t, err, errHSM, "the cause stays in the chain")
}

var errHSM = errors.New("the HSM is gone")

type brokenKey struct{ public crypto.PublicKey }

func (o brokenKey) Public() crypto.PublicKey { return o.public }
func (brokenKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, errHSM
}
