package keys_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"maps"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSetEncryptionKey(t *testing.T) {
	t.Parallel()
	now := time.Now()
	public := testgateway.Shared().Credentials().PublicKey
	cert := func(serial int64, from, to time.Duration) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), NotBefore: now.Add(from), NotAfter: now.Add(to), PublicKey: public,
		}
	}
	const h = time.Hour
	foreign := cert(0x0f, 0, 9*h)
	foreign.PublicKey = new(ecdsa.PublicKey)
	for _, tc := range []struct {
		name string
		keys keys.Set
		want string
	}{
		{"one certificate", keys.CertificateSet(cert(1, -h, h)), "01"},
		{"the one that began last", keys.CertificateSet(cert(1, -3*h, 3*h), cert(2, -h, h), cert(3, -2*h, 2*h)), "02"},
		{"then the one that ends last", keys.CertificateSet(cert(1, -h, h), cert(2, -h, 2*h)), "02"},
		{"then the higher serial", keys.CertificateSet(cert(1, -h, h), cert(2, -h, h)), "02"},
		{"not what has ended", keys.CertificateSet(cert(1, -3*h, h), cert(2, -2*h, -h)), "01"},
		{"not what is to begin", keys.CertificateSet(cert(1, -3*h, h), cert(2, h, 2*h)), "01"},
		{"not another kind of key", keys.CertificateSet(cert(1, -3*h, h), foreign), "01"},
		{"a bare key under a serial", keys.Set{"0A": public}, "0A"},
		{"a certificate before that", keys.Set{"0A": public, "01": cert(1, -h, h)}, "01"},
		{"not a nil key", keys.Set{"01": cert(1, -h, h), "PUB_KEY_ID_1": (*rsa.PublicKey)(nil), "0A": (*x509.Certificate)(nil)}, "01"},
		{"a public key before that", keys.Set{"0A": public, "PUB_KEY_ID_1": public}, "PUB_KEY_ID_1"},
		{"the public key", keys.Set{"01": cert(1, -h, h), "PUB_KEY_ID_1": public}, "PUB_KEY_ID_1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			id, key, err := tc.keys.EncryptionKey(t.Context(), now)
			require.NoError(t, err)
			assert.Equal(t, tc.want, id)
			assert.NotNil(t, key)
		})
	}
}

func TestSetErrors(t *testing.T) {
	t.Parallel()
	now, public := time.Now(), testgateway.Shared().Credentials().PublicKey
	expired := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: now.Add(-time.Hour), PublicKey: public}
	for _, tc := range []struct {
		name string
		keys keys.Set
		want string
	}{
		{"nil", nil, "unknown key: no public key and no valid certificate to encrypt with (no key is held)"},
		{"empty", keys.Set{}, "unknown key: no public key and no valid certificate to encrypt with (no key is held)"},
		{"expired", keys.CertificateSet(expired), "unknown key: no public key and no valid certificate to encrypt with (held: 01)"},
		{"nil public key", keys.Set{"PUB_KEY_ID_1": (*rsa.PublicKey)(nil)}, "unknown key: no public key and no valid certificate to encrypt with (held: PUB_KEY_ID_1)"},
		{"empty keys", keys.Set{"PUB_KEY_ID_1": new(rsa.PublicKey), "01": new(rsa.PublicKey)}, "unknown key: no public key and no valid certificate to encrypt with (held: 01, PUB_KEY_ID_1)"},
		{"two keys under serials", keys.Set{"01": public, "02": public}, "unknown key: no public key and no valid certificate to encrypt with (held: 01, 02)"},
		{
			"two public keys", keys.Set{"PUB_KEY_ID_1": public, "PUB_KEY_ID_2": public},
			"several public keys are held (PUB_KEY_ID_1 and PUB_KEY_ID_2); keep one, or name the one that encrypts",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := tc.keys.EncryptionKey(t.Context(), now)
			require.EqualError(t, err, tc.want)
		})
	}
	_, err := keys.Set{"01": public}.Key(t.Context(), "02")
	require.EqualError(t, err, `unknown key "02", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: 01)`)
	require.ErrorIs(t, err, signer.ErrUnknownKey)
}

func TestSetAll(t *testing.T) {
	t.Parallel()
	set := keys.Set{"01": new(rsa.PublicKey), "PUB_KEY_ID_1": new(rsa.PublicKey)}
	assert.Equal(t, set, keys.Set(maps.Collect(set.All())))
}

func TestSetFindsASerialInAnySpelling(t *testing.T) {
	t.Parallel()
	public := new(rsa.PublicKey)
	for _, held := range []string{"0ABC", "ABC", "abc", "0abc", "aBc", "000Abc"} {
		for _, asked := range []string{"0ABC", "ABC", "abc", "0abc", "AbC", "00ABC"} {
			t.Run(held+" as "+asked, func(t *testing.T) {
				t.Parallel()
				found, err := keys.Set{"01": new(rsa.PublicKey), held: public}.Key(t.Context(), asked)
				require.NoError(t, err)
				assert.Same(t, public, found)
			})
		}
	}
	for _, asked := range []string{"pub_key_id_1", "0PUB_KEY_ID_1", "0", "", "ABCD"} {
		t.Run("none as "+asked, func(t *testing.T) {
			t.Parallel()
			_, err := keys.Set{"ABC": public, "PUB_KEY_ID_1": public}.Key(t.Context(), asked)
			require.ErrorIs(t, err, signer.ErrUnknownKey)
		})
	}
}

// BenchmarkSetKey: a serial in another case takes the same time in a larger set.
func BenchmarkSetKey(b *testing.B) {
	for _, n := range []int{100, 1_000} {
		set := keys.Set{}
		for i := range n {
			set[fmt.Sprintf("3775B6A45ACD588826D15E583A95F5DD%08X", i)] = new(rsa.PublicKey)
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := set.Key(b.Context(), "3775b6a45acd588826d15e583a95f5dd00000005"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
