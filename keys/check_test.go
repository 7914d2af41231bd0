package keys_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"iter"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const noID = "cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…"

func TestKeysThatCannotWork(t *testing.T) {
	t.Parallel()
	cred := testgateway.Shared().Credentials()
	cert, serial := cred.PlatformCertificate, cred.PlatformSerial
	for _, tc := range []struct {
		name string
		id   string
		key  crypto.PublicKey
		want string // "" if it works
	}{
		{"public key", cred.PublicKeyID, cred.PublicKey, ""},
		{"certificate", serial, cert, ""},
		{"certificate in lower case", strings.ToLower(serial), cert, ""},
		{"leading zeros", "0000" + serial, cert, ""},
		{"key of a certificate", serial, cert.PublicKey, ""},
		{"empty", "", cred.PublicKey, noID},
		{"words", "my key", cred.PublicKey, noID},
		{"space", "PUB_KEY_ID_01 ", cred.PublicKey, noID},
		{"line break", "PUB_KEY_ID_01\n", cred.PublicKey, noID},
		{"carriage return", serial + "\r", cert, noID},
		{"control character", "PUB_KEY_ID_01\x00", cred.PublicKey, noID},
		{"prefix only", "PUB_KEY_ID_", cred.PublicKey, noID},
		{"ellipsis", "PUB_KEY_ID_…", cred.PublicKey, noID},
		{"colons", "37:75", cred.PublicKey, noID},
		{"zero", "00", cred.PublicKey, "is empty or zero; it must be the serial number of a certificate in hex"},
		{
			"decimal", cert.SerialNumber.Text(10), cert, `"` + cert.SerialNumber.Text(10) + `" is a serial number in decimal; write it in hex: ` + serial,
		},
		{"too long", strings.Repeat("A", 41), cred.PublicKey, "has 41 digits; the serial number of a certificate has at most 40 in hex"},
		{"another serial", "0A", cert, "is a certificate with the serial number " + serial + "; make the Set with CertificateSet"},
		{"certificate as public key", cred.PublicKeyID, cert, "is a certificate with the serial number " + serial + "; make the Set with CertificateSet"},
		{
			"short key", "0A", &rsa.PublicKey{N: big.NewInt(15), E: 3},
			"must be a *rsa.PublicKey or *x509.Certificate: the key is damaged or too short (4 bits); the keys of WeChat Pay have 2048",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := keys.Check(tc.id, tc.key)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
		})
	}
}

func TestSourcesThatCannotWork(t *testing.T) {
	t.Parallel()
	g, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	cred := g.Credentials()
	cert := cred.PlatformCertificate
	later, err := g.IssueCertificate(10 * 365 * 24 * time.Hour)
	require.NoError(t, err)
	closed, _ := newKeyring(t, g, nil)
	require.NoError(t, closed.Close())
	fresh, _ := newKeyring(t, g, nil)
	serial, end := cred.PlatformSerial, cert.NotAfter
	period := func(serial int64, begin, end time.Time) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(serial), PublicKey: cert.PublicKey, NotBefore: begin, NotAfter: end}
	}
	nameless := &x509.Certificate{PublicKey: cert.PublicKey}
	for _, tc := range []struct {
		name   string
		source signer.KeySource
		now    time.Time
		want   string
	}{
		{"nil", nil, end, "is a nil <nil>"},
		{"nil Keyring", (*keys.Keyring)(nil), end, "the Keyring is a zero value; make one with NewKeyring"},
		{"zero Keyring", new(keys.Keyring), end, "the Keyring is a zero value; make one with NewKeyring"},
		{"closed Keyring", closed, end, "keyring closed, and without a key"},
		{"new Keyring", fresh, end, ""},
		{"nil Set", keys.Set(nil), end, "is empty; without WeChat Pay's keys nothing can be verified"},
		{"nil of another type", (*lookups)(nil), end, "is a nil *keys_test.lookups"},
		{"valid", keys.CertificateSet(cert), end, ""},
		{
			"all expired", keys.CertificateSet(cert), end.Add(time.Second),
			"certificate expired or not yet valid, all of them: certificate " + serial + " ended on " + end.Format(time.DateOnly) + "; get the current keys, or check the clock",
		},
		{
			"not yet valid", keys.CertificateSet(cert), cert.NotBefore.Add(-time.Hour),
			"no certificate is valid yet: certificate " + serial + " begins on " + cert.NotBefore.Format(time.DateOnly) + "; check the clock",
		},
		{
			"one expired, the other not yet valid", keys.CertificateSet(period(1, end.Add(-time.Hour), end), period(2, end.Add(2*time.Hour), end.Add(3*time.Hour))),
			end.Add(time.Hour), "no certificate is valid yet: certificate 02 begins on " + end.Add(2*time.Hour).Format(time.DateOnly) + "; check the clock",
		},
		{
			"the newest expired", keys.CertificateSet(period(1, end.Add(-2*time.Hour), end), period(2, end.Add(-time.Hour), end)), end.Add(time.Hour),
			"certificate expired or not yet valid, all of them: certificate 02 ended on " + end.Format(time.DateOnly) + "; get the current keys, or check the clock",
		},
		{"certificates without a serial", keys.Set{"01": nameless, "02": nameless}, end, "certificate expired or not yet valid, all of them: certificate  ended on 0001-01-01; get the current keys, or check the clock"},
		{"a Lister that lists nothing", unlisted{keys.Set{}}, end, ""},
		{"one expired", keys.CertificateSet(cert, later), end.Add(time.Second), ""},
		{"a public key too", keys.Set{serial: cert, cred.PublicKeyID: cred.PublicKey}, end.Add(time.Second), ""},
		{"a wrong id", keys.Set{"my key": cred.PublicKey, serial: cert}, end, `key "my key" ` + noID},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := keys.CheckSource(tc.source, tc.now)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
			assert.Equal(t, strings.Contains(tc.want, "expired"), errors.Is(err, signer.ErrExpired))
		})
	}
}

// unlisted is a Lister without a list.
type unlisted struct{ keys.Set }

func (unlisted) All() iter.Seq2[string, crypto.PublicKey] { return nil }

type lookups struct{ signer.KeySource }
