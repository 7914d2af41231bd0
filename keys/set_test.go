package keys_test

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestSetEncryptionKey(t *testing.T) {
	now := time.Now()
	public := new(rsa.PublicKey)
	cert := func(serial int64, from, to time.Duration) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), NotBefore: now.Add(from), NotAfter: now.Add(to), PublicKey: new(rsa.PublicKey),
		}
	}
	const h = time.Hour
	foreign := cert(0x0f, 0, 9*h)
	foreign.PublicKey = new(ecdsa.PublicKey)
	for name, tc := range map[string]struct {
		keys keys.Set
		want string
	}{
		"one certificate":             {keys.CertificateSet(cert(1, -h, h)), "01"},
		"the one that began last":     {keys.CertificateSet(cert(1, -3*h, 3*h), cert(2, -h, h), cert(3, -2*h, 2*h)), "02"},
		"then the one that ends last": {keys.CertificateSet(cert(1, -h, h), cert(2, -h, 2*h)), "02"},
		"then the higher serial":      {keys.CertificateSet(cert(1, -h, h), cert(2, -h, h)), "02"},
		"not what has ended":          {keys.CertificateSet(cert(1, -3*h, h), cert(2, -2*h, -h)), "01"},
		"not what is to begin":        {keys.CertificateSet(cert(1, -3*h, h), cert(2, h, 2*h)), "01"},
		"not another kind of key":     {keys.CertificateSet(cert(1, -3*h, h), foreign), "01"},
		"a bare key under a serial":   {keys.Set{"0A": public}, "0A"},
		"a certificate before that":   {keys.Set{"0A": public, "01": cert(1, -h, h)}, "01"},
		"a public key before that":    {keys.Set{"0A": public, "PUB_KEY_ID_1": public}, "PUB_KEY_ID_1"},
		"the public key":              {keys.Set{"01": cert(1, -h, h), "PUB_KEY_ID_1": public}, "PUB_KEY_ID_1"},
	} {
		id, key, err := tc.keys.EncryptionKey(t.Context(), now)
		require.NoError(t, err, name)
		assert.Equal(t, tc.want, id, name)
		assert.NotNil(t, key, name)
	}
	_, _, err := keys.Set{"PUB_KEY_ID_1": public, "PUB_KEY_ID_2": public}.EncryptionKey(t.Context(), now)
	require.ErrorContains(t, err, "several public keys are held (PUB_KEY_ID_1 and PUB_KEY_ID_2)")
	for _, keys := range []keys.Set{nil, {}, keys.CertificateSet(cert(1, -2*h, -h))} {
		_, _, err = keys.EncryptionKey(t.Context(), now)
		require.ErrorIs(t, err, signer.ErrUnknownKey)
	}
}
