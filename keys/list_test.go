package keys_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestParseList(t *testing.T) {
	g := newGateway(t)
	cred := g.Credentials()
	entry := func(serial, algorithm string, text []byte) map[string]any {
		encrypted, err := cipher.EncryptResource(cred.APIv3Key, cipher.Resource{Nonce: "123456789012", AssociatedData: "certificate"}, text)
		require.NoError(t, err)
		return map[string]any{"serial_no": serial, "encrypt_certificate": map[string]any{
			"algorithm": algorithm, "nonce": "123456789012", "associated_data": "certificate", "ciphertext": encrypted.Ciphertext,
		}}
	}
	good := entry(cred.PlatformSerial, cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cred.PlatformCertificate.Raw}))
	var list []any
	g.Handle("GET", "/v3/certificates", func(*sandbox.Request) *sandbox.Reply { return sandbox.JSON(200, map[string]any{"data": list}) })
	refresh := func(entries ...any) (held int, err error) {
		list = entries
		ring, _ := newKeyring(t, g, nil)
		err = ring.Refresh(t.Context())
		for range ring.All() {
			held++
		}
		return held, err
	}
	held, err := refresh(entry("01", "AEAD_SM4_GCM", []byte("x")), good)
	require.NoError(t, err, "another algorithm is omitted")
	assert.Equal(t, 1, held)
	held, err = refresh(entry("01", cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ecCertificate(t)})), good)
	require.NoError(t, err, "another kind of key is omitted")
	assert.Equal(t, 1, held)
	_, err = refresh(entry("01", cipher.GCMName, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cred.PlatformCertificate.Raw})))
	require.EqualError(t, err, `keys: certificate "01": its serial is `+cred.PlatformSerial)
	_, err = refresh(entry("01", cipher.GCMName, []byte("not a certificate")), good)
	require.ErrorIs(t, err, keys.ErrNoKey)
	require.EqualError(t, err, `keys: certificate "01": keys: key data: no key or certificate found: the data is not PEM, DER, base64 or PKCS#12; check the file`)
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		first := g.Credentials().PlatformSerial
		ring, l := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))

		cert, err := g.IssueCertificate(5 * 365 * 24 * time.Hour)
		require.NoError(t, err)
		second := signer.Serial(cert)
		require.NoError(t, g.UseCertificate(second)) // it signs the list that brings it as well
		require.NoError(t, g.WithdrawCertificate(first))
		time.Sleep(time.Minute)
		_, err = ring.Key(t.Context(), second)
		require.NoError(t, err, "though the list is signed by a key that was not held")
		assert.Equal(t, 2, l.downloads())
		require.NoError(t, ring.Refresh(t.Context()), "just done")
		assert.Equal(t, 2, l.downloads())
		_, err = ring.Key(t.Context(), first)
		require.ErrorIs(t, err, signer.ErrUnknownKey, "what is listed no longer is not trusted any more")
	})
}

func TestMerchantWithoutCertificates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))
		require.NoError(t, g.WithdrawCertificate(cred.PlatformSerial))

		time.Sleep(time.Hour)
		require.NoError(t, ring.Refresh(t.Context()), "404 is not an error of the client")
		_, err := ring.Key(t.Context(), cred.PlatformSerial)
		require.NoError(t, err, "the 404 is not signed: all keys are kept")
		_, err = ring.Key(t.Context(), "01")
		require.ErrorIs(t, err, signer.ErrUnknownKey)
		require.ErrorIs(t, err, keys.ErrNoCertificates)
		_, err = ring.Key(t.Context(), "02")
		require.ErrorIs(t, err, keys.ErrNoCertificates)
		require.EqualError(t, err, `unknown key "02", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: `+cred.PlatformSerial+`): the last download failed; the next may start in 1m0s: the merchant has no platform certificates; `+
			"add WeChat Pay's public key (pub_key.pem) and its id to the keys")
		assert.Equal(t, 3, l.downloads(), "one of a call, one of a webhook")

		fresh, _ := newKeyring(t, g, nil)
		_, _, err = fresh.EncryptionKey(t.Context(), time.Now())
		require.ErrorIs(t, err, keys.ErrNoCertificates)
	})
}

func TestCertificateIsRenewedBeforeItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		lookup := func() {
			_, err := ring.Key(t.Context(), cred.PlatformSerial)
			require.NoError(t, err)
			synctest.Wait() // for what it began
		}
		lookup()
		time.Sleep(time.Until(cred.PlatformCertificate.NotAfter.Add(-181 * 24 * time.Hour)))
		lookup()
		assert.Equal(t, 1, l.downloads(), "far from its end")
		time.Sleep(25 * time.Hour)
		l.set(func(*http.Request) error { time.Sleep(time.Second); return nil }, nil)
		began := time.Now()
		lookup()
		assert.Zero(t, time.Since(began), "the old key serves meanwhile")
		time.Sleep(10 * time.Hour)
		lookup()
		assert.Equal(t, 2, l.downloads(), "within 180 days of it")
		time.Sleep(2 * time.Hour)
		lookup()
		time.Sleep(time.Minute)
		assert.Equal(t, 3, l.downloads(), "again after 11 hours, until a successor is held")
		_, err := g.IssueCertificate(5 * 365 * 24 * time.Hour)
		require.NoError(t, err)
		time.Sleep(12 * time.Hour)
		lookup()
		time.Sleep(time.Minute)
		assert.Equal(t, 4, l.downloads())
		time.Sleep(100 * 24 * time.Hour)
		lookup()
		assert.Equal(t, 4, l.downloads(), "the successor is held")
	})
}

func ecCertificate(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return der
}
