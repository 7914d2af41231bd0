package keys_test

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMerchantKeyAndCertificateBelongTogether(t *testing.T) {
	t.Parallel()
	cred := testgateway.Shared().Credentials()
	other := newGateway(t).Credentials()
	key := cred.PrivateKey
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	text := certificateOf(t, key, 0x0abc, "1900000109", time.Now().Add(time.Hour))
	foreign, err := x509.MarshalPKCS8PrivateKey(other.PrivateKey)
	require.NoError(t, err)

	m, err := keys.LoadMerchant(keys.Bytes(pkcs8), keys.Text(text))
	require.NoError(t, err)
	assert.Equal(t, "keys.Merchant(mchid 1900000109, serial 0ABC)", m.String())
	require.NoError(t, m.Check("1900000109", "abc", time.Now()))
	require.EqualError(t, m.Check("1900000109", "0B", time.Now()), `belongs to the certificate with the serial number 0ABC, not "0B"`)
	require.EqualError(t, m.Check("1900000110", "0ABC", time.Now()), `belongs to the certificate of merchant 1900000109, not "1900000110"`)
	require.ErrorIs(t, m.Check("1900000109", "0ABC", time.Now().Add(2*time.Hour)), signer.ErrExpired)
	early := m.Check("1900000109", "0ABC", time.Now().Add(-72*time.Hour))
	require.EqualError(t, early, "is not valid yet: certificate 0ABC begins on "+m.Certificate().NotBefore.Format(time.DateOnly)+"; check the clock")
	require.NotErrorIs(t, early, signer.ErrExpired)

	_, err = keys.LoadMerchant(keys.Bytes(foreign), keys.Text(text))
	require.EqualError(t, err, "keys: key data and key data: wrong kind of key: the private key does not belong to certificate 0ABC; use the files of one download")
	_, err = keys.LoadMerchant(keys.Text(text))
	require.EqualError(t, err, "keys: key data: wrong kind of key: the private key is missing; add apiclient_key.pem")
	_, err = keys.LoadMerchant(keys.Bytes(pkcs8))
	require.EqualError(t, err, "keys: key data: wrong kind of key: the certificate is missing; add apiclient_cert.pem")
	_, err = keys.LoadMerchant()
	require.ErrorContains(t, err, "keys: LoadMerchant has no Source")
	_, err = keys.LoadMerchant(keys.Bytes(pkcs8), keys.Text(certificateOf(t, key, 1, "x", time.Now().Add(-time.Hour))))
	require.ErrorIs(t, err, signer.ErrExpired)
}

func TestMerchantFromPKCS12(t *testing.T) {
	t.Parallel()
	m := merchant(t)
	assert.NotEmpty(t, m.Serial())
	s, err := signer.New(m)
	require.NoError(t, err)
	_, err = s.Sign(t.Context(), []byte("message"))
	require.NoError(t, err)
}

// counting is a signer that counts its signatures.
type counting struct {
	crypto.Signer
	signed int
}

func (c *counting) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	c.signed++
	return c.Signer.Sign(random, digest, opts)
}

func TestMerchantSignedBy(t *testing.T) {
	t.Parallel()
	m := merchant(t)
	fast := new(counting)
	signed, err := m.SignedBy(func(key crypto.Signer) (crypto.Signer, error) {
		fast.Signer = key
		return fast, nil
	})
	require.NoError(t, err)
	digest := make([]byte, 32)
	want, err := m.Sign(nil, digest, crypto.SHA256)
	require.NoError(t, err)
	got, err := signed.Sign(nil, digest, crypto.SHA256)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, 1, fast.signed)
	assert.Equal(t, m.Serial(), signed.Serial())
	assert.Equal(t, m.String(), fmt.Sprintf("%+v", signed))

	other := newGateway(t).Credentials().PrivateKey
	refused := errors.New("refused")
	for _, row := range []struct {
		name string
		m    *keys.Merchant
		make func(crypto.Signer) (crypto.Signer, error)
		want string
	}{
		{"a signer of another key", m, func(crypto.Signer) (crypto.Signer, error) { return other, nil }, "keys: SignedBy was given a signer of another key than the certificate's"},
		{"no signer", m, func(crypto.Signer) (crypto.Signer, error) { return nil, nil }, "keys: SignedBy was given a signer of another key than the certificate's"},
		{"an error", m, func(crypto.Signer) (crypto.Signer, error) { return nil, refused }, "refused"},
		{"no function", m, nil, "keys: SignedBy has no function; pass accel.Signer"},
		{"a zero Merchant", new(keys.Merchant), func(key crypto.Signer) (crypto.Signer, error) { return key, nil }, "keys: the Merchant is a zero value; load one with LoadMerchant"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.m.SignedBy(row.make)
			require.EqualError(t, err, row.want)
		})
	}
}

func TestZeroMerchant(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		m    *keys.Merchant
	}{{"nil", nil}, {"zero", new(keys.Merchant)}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, tc.m.Serial()+tc.m.MchID())
			assert.Nil(t, tc.m.Public())
			assert.Equal(t, "keys.Merchant(mchid , serial )", tc.m.String())
			require.Error(t, tc.m.Check("1", "01", time.Now()))
			_, err := tc.m.Sign(nil, nil, crypto.SHA256)
			require.Error(t, err)
			_, err = tc.m.Decrypt(nil, nil, nil)
			require.Error(t, err)
			_, err = signer.New(tc.m)
			require.Error(t, err)
		})
	}
}
