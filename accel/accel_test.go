package accel_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/accel"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sharedKey is that of all tests which need no other: making keys takes a while.
var sharedKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newSigner(tb testing.TB) (*rsa.PrivateKey, crypto.Signer) {
	tb.Helper()
	key, err := sharedKey()
	require.NoError(tb, err)
	signer, err := accel.Signer(key)
	require.NoError(tb, err)
	return key, signer
}

func TestSignsAsCryptoRSA(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{1024, 2048, 3072, 4096} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			t.Parallel()
			key, err := rsa.GenerateKey(rand.Reader, bits)
			require.NoError(t, err)
			signer, err := accel.Signer(key)
			require.NoError(t, err)
			assert.True(t, key.PublicKey.Equal(signer.Public()))
			for i := range 20 {
				digest := sha256.Sum256([]byte{byte(i)})
				want, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
				require.NoError(t, err)
				got, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		})
	}
}

// TestOtherSignatures are those of crypto/rsa, and so are its errors.
func TestOtherSignatures(t *testing.T) {
	t.Parallel()
	key, signer := newSigner(t)
	sha1Digest, sha256Digest, sha384Digest := sha1.Sum([]byte("a")), sha256.Sum256([]byte("a")), sha512.Sum384([]byte("a"))
	for _, tc := range []struct {
		name   string
		digest []byte
		opts   crypto.SignerOpts
	}{
		{"SHA-1", sha1Digest[:], crypto.SHA1},
		{"SHA-384", sha384Digest[:], crypto.SHA384},
		{"no hash", []byte("a"), crypto.Hash(0)},
		{"digest too short", sha256Digest[:31], crypto.SHA256},
		{"digest too long", append(sha256Digest[:], 0), crypto.SHA256},
		{"no digest", nil, crypto.SHA256},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want, wantErr := key.Sign(rand.Reader, tc.digest, tc.opts)
			got, err := signer.Sign(rand.Reader, tc.digest, tc.opts)
			assert.Equal(t, wantErr, err)
			assert.Equal(t, want, got)
		})
	}
	t.Run("PSS", func(t *testing.T) {
		t.Parallel()
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		signature, err := signer.Sign(rand.Reader, sha256Digest[:], opts)
		require.NoError(t, err)
		require.NoError(t, rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, sha256Digest[:], signature, opts))
	})
	t.Run("no options", func(t *testing.T) {
		t.Parallel()
		_, err := signer.Sign(rand.Reader, sha256Digest[:], nil)
		require.EqualError(t, err, "accel: the SignerOpts are nil; use crypto.SHA256")
	})
}

// TestDecrypts: a client decrypts sensitive fields with its PrivateKey.
func TestDecrypts(t *testing.T) {
	t.Parallel()
	key, signer := newSigner(t)
	ciphertext, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, &key.PublicKey, []byte("text"), nil)
	require.NoError(t, err)
	plaintext, err := signer.(crypto.Decrypter).Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA1})
	require.NoError(t, err)
	assert.Equal(t, "text", string(plaintext))
}

// A hidden key is behind an interface, as in an HSM.
type hidden struct{ crypto.Signer }

func TestKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	key, _ := newSigner(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	damaged := *key
	damaged.D = new(big.Int).Add(key.D, big.NewInt(2))
	for _, tc := range []struct {
		name string
		key  crypto.Signer
		want string
	}{
		{"nil", nil, "accel: the private key is nil"},
		{"nil pointer", (*rsa.PrivateKey)(nil), "accel: the private key is nil"},
		{"zero", new(rsa.PrivateKey), "accel: the private key is invalid: "},
		{"damaged", &damaged, "accel: the private key is invalid: "},
		{"short", shortKey(), "accel: crypto/rsa cannot sign with the private key: "},
		{"another kind", ec, "accel: the private key is a *ecdsa.PrivateKey; OpenSSL can copy an *rsa.PrivateKey only (a *keys.Merchant has SignedBy)"},
		{"hidden", hidden{key}, "accel: the private key is a accel_test.hidden; OpenSSL can copy an *rsa.PrivateKey only (a *keys.Merchant has SignedBy)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			signer, err := accel.Signer(tc.key)
			require.ErrorContains(t, err, tc.want)
			assert.Nil(t, signer)
		})
	}
}

// shortKey has 32 bits.
func shortKey() *rsa.PrivateKey {
	p, q := big.NewInt(65521), big.NewInt(65519)
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, Primes: []*big.Int{p, q}}
	totient := new(big.Int).Mul(big.NewInt(65520), big.NewInt(65518))
	key.D = new(big.Int).ModInverse(big.NewInt(65537), totient)
	return key
}

func TestASignerIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	_, signer := newSigner(t)
	again, err := accel.Signer(signer)
	require.NoError(t, err)
	assert.Equal(t, signer, again)
}

func TestPrintsNoKey(t *testing.T) {
	t.Parallel()
	key, signer := newSigner(t)
	printtest.Hides(t, signer, printtest.PrivateNumbers(key)...)
	want := `^accel\.Signer\(RSA, 2048 bits, by OpenSSL 3\.\d+\.\d+\)$`
	if accel.Available() != nil {
		want = `^accel\.Signer\(RSA, 2048 bits, by crypto/rsa\)$`
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Regexp(t, want, fmt.Sprintf(verb, signer), verb)
	}
}

// TestFIPSMode: whoever turns Go's FIPS 140-3 mode on wants the signatures of its module.
func TestFIPSMode(t *testing.T) {
	t.Parallel()
	if fips140.Enabled() {
		require.ErrorContains(t, accel.Available(), "FIPS 140-3")
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	again := exec.CommandContext(t.Context(), program, "-test.run=^TestFIPSMode$")
	again.Env = append(os.Environ(), "GODEBUG=fips140=on")
	out, err := again.CombinedOutput()
	require.NoError(t, err, string(out))
}

// A Merchant keeps what its certificate knows, and signs by the accelerated signer.
func TestMerchantIsSignedByIt(t *testing.T) {
	t.Parallel()
	credentials := sandboxtest.New(t).Credentials
	der, err := x509.MarshalPKCS8PrivateKey(credentials.PrivateKey)
	require.NoError(t, err)
	merchant, err := keys.LoadMerchant(keys.Bytes(credentials.Certificate.Raw), keys.Bytes(der))
	require.NoError(t, err)
	fast, err := merchant.SignedBy(accel.Signer)
	require.NoError(t, err)
	digest := sha256.Sum256([]byte("message"))
	want, err := merchant.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	got, err := fast.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, credentials.MchID, fast.MchID())
}
