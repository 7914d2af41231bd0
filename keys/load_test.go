package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// sources gives the same content by each of the ways to read it.
func sources(t *testing.T, content string) map[string]keys.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	all := map[string]keys.Source{
		"file":  keys.File(path),
		"fs":    keys.FS(fstest.MapFS{"key": {Data: []byte(content)}}, "key"),
		"bytes": keys.Bytes([]byte(content)),
		"text":  keys.Text(content),
		"env":   keys.Text(strings.ReplaceAll(content, "\n", `\n`)),
		"crlf":  keys.Text(strings.ReplaceAll(content, "\n", "\r\n")),
		"noise": keys.Text("Bag Attributes\n  friendlyName: x\n" + content),
	}
	if block, _ := pem.Decode([]byte(content)); block != nil {
		bare := base64.StdEncoding.EncodeToString(block.Bytes)
		all["bare base64"] = keys.Text(bare)
		all["bare base64 in lines"] = keys.Text(bare[:64] + "\n " + bare[64:] + "\n")
		all["der"] = keys.Bytes(block.Bytes)
	} else {
		delete(all, "noise") // noise stands around PEM only
		der, err := base64.StdEncoding.DecodeString(content)
		require.NoError(t, err)
		all["der"] = keys.Bytes(der)
	}
	return all
}

func TestKeysLoadFromAllEncodingsAndPlaces(t *testing.T) {
	v := vectors.Load(t)
	m := v.Merchant
	private, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	for name, content := range map[string]string{
		"PKCS#8": m.PKCS8, "PKCS#1": m.PKCS1, "encrypted PKCS#8": m.EncryptedPKCS8, "PKCS#12": m.PKCS12Base64,
		"mislabelled":                     strings.ReplaceAll(m.PKCS1, "RSA PRIVATE KEY", "PRIVATE KEY"),
		"certificate and key in one file": m.Certificate + m.PKCS8,
	} {
		for place, source := range sources(t, content) {
			if name == "certificate and key in one file" && (strings.HasPrefix(place, "bare") || place == "der") {
				continue // holds the first block only
			}
			t.Run("private/"+name+"/"+place, func(t *testing.T) {
				key, err := keys.LoadPrivateKey(source.WithPassword(m.Passphrase))
				require.NoError(t, err)
				assert.True(t, key.Equal(private))
			})
		}
	}
	for name, content := range map[string]string{"SPKI": m.SPKI, "PKCS#1": m.PublicPKCS1, "X.509": m.Certificate} {
		for place, source := range sources(t, content) {
			t.Run("public/"+name+"/"+place, func(t *testing.T) {
				key, err := keys.LoadPublicKey(source)
				require.NoError(t, err)
				assert.True(t, key.Equal(private.Public()))
			})
		}
	}
	for name, content := range map[string]string{"X.509": m.Certificate, "PKCS#12": m.PKCS12Base64} {
		for place, source := range sources(t, content) {
			t.Run("certificate/"+name+"/"+place, func(t *testing.T) {
				cert, err := keys.LoadCertificate(source.WithPassword(m.Passphrase))
				require.NoError(t, err)
				assert.Equal(t, m.Serial, signer.Serial(cert))
			})
		}
	}
}

func TestLoadingNamesWhatIsWrongAndTheMend(t *testing.T) {
	v := vectors.Load(t)
	m := v.Merchant
	ec := ecKey(t)
	ecDER, err := x509.MarshalPKCS8PrivateKey(ec)
	require.NoError(t, err)
	ecPEM := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ecDER}))
	ecPub, err := x509.MarshalPKIXPublicKey(ec.Public())
	require.NoError(t, err)
	rsaKey, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	past := time.Now().Add(-24 * time.Hour)
	expired := certificate(t, rsaKey, 1, past)
	ecCert := certificate(t, ec, 1, time.Now().Add(time.Hour))
	legacy := strings.Replace(m.PKCS1, "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)

	load := map[string]func(keys.Source) error{
		"private":     func(s keys.Source) error { _, err := keys.LoadPrivateKey(s); return err },
		"public":      func(s keys.Source) error { _, err := keys.LoadPublicKey(s); return err },
		"certificate": func(s keys.Source) error { _, err := keys.LoadCertificate(s); return err },
	}
	for name, tc := range map[string]struct {
		wanted, content, password string
		want                      error
		text                      string
	}{
		"certificate for a private key":  {"private", m.Certificate, "", keys.ErrKeyKind, "apiclient_key.pem"},
		"public key for a private key":   {"private", m.SPKI, "", keys.ErrKeyKind, "holds a public key"},
		"private key for a public key":   {"public", m.PKCS8, "", keys.ErrKeyKind, "pub_key.pem"},
		"private key for a certificate":  {"certificate", m.PKCS8, "", keys.ErrKeyKind, "apiclient_cert.pem"},
		"public key for a certificate":   {"certificate", m.SPKI, "", keys.ErrKeyKind, "holds a public key"},
		"elliptic private key":           {"private", ecPEM, "", signer.ErrNotRSA, "ecdsa"},
		"elliptic public key":            {"public", string(ecPub), "", signer.ErrNotRSA, "ecdsa"},
		"elliptic certificate":           {"certificate", ecCert, "", signer.ErrNotRSA, "ecdsa"},
		"elliptic certificate as public": {"public", ecCert, "", signer.ErrNotRSA, "ecdsa"},
		"expired certificate":            {"certificate", expired, "", signer.ErrExpired, past.UTC().Format(time.DateOnly)},
		"expired certificate as public":  {"public", expired, "", signer.ErrExpired, "renew it"},
		"PKCS#8, wrong pass phrase":      {"private", m.EncryptedPKCS8, "secret-guess", keys.ErrPassword, "is wrong"},
		"PKCS#8, no pass phrase":         {"private", m.EncryptedPKCS8, "", keys.ErrPassword, "WithPassword"},
		"PKCS#12, wrong pass phrase":     {"private", m.PKCS12Base64, "secret-guess", keys.ErrPassword, "merchant id"},
		"PKCS#12, no pass phrase":        {"certificate", m.PKCS12Base64, "", keys.ErrPassword, "WithPassword"},
		"legacy encryption":              {"private", legacy, "", keys.ErrNoKey, "openssl pkcs8"},
		"nothing":                        {"private", "", "", keys.ErrNoKey, "expected PEM"},
		"a word":                         {"public", "hello", "", keys.ErrNoKey, "expected PEM"},
		"too much":                       {"public", strings.Repeat("A", 1<<20+1), "", keys.ErrNoKey, "larger than"},
		"a file cut off":                 {"private", m.PKCS8[:400], "", keys.ErrNoKey, "expected PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			err := load[tc.wanted](keys.Text(tc.content).WithPassword(tc.password))
			require.ErrorIs(t, err, tc.want)
			require.ErrorContains(t, err, tc.text)
			assert.NotContains(t, err.Error(), "secret-guess")
			for line := range strings.Lines(tc.content) {
				if line = strings.TrimSpace(line); len(line) > 24 && !strings.HasPrefix(line, "-----") {
					assert.NotContains(t, err.Error(), line[:24])
				}
			}
		})
	}
	require.ErrorIs(t, load["private"](keys.File("no/such.pem")), fs.ErrNotExist)
	require.ErrorContains(t, load["private"](keys.File("no/such.pem")), "no/such.pem")
	require.ErrorContains(t, load["private"](keys.Source{}), "zero Source")
}

// TestLoadingRefusesEndlessWork: two thousand million iterations would take an hour.
func TestLoadingRefusesEndlessWork(t *testing.T) {
	type algorithm struct {
		OID        asn1.ObjectIdentifier
		Parameters any
	}
	type pbkdf2 struct {
		Salt       []byte
		Iterations int
	}
	type pbes2 struct{ KDF, Cipher algorithm }
	der, err := asn1.Marshal(struct {
		Algorithm algorithm
		Data      []byte
	}{algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, pbes2{
		algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, pbkdf2{make([]byte, 8), 1<<31 - 1}},
		algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, make([]byte, 16)},
	}}, make([]byte, 64)})
	require.NoError(t, err)
	_, err = keys.LoadPrivateKey(keys.Bytes(der).WithPassword("x"))
	require.ErrorContains(t, err, "unreasonable amount of work")
}

func TestSerialKeepsLeadingZeros(t *testing.T) {
	key, err := keys.LoadPrivateKey(keys.Text(vectors.Load(t).Merchant.PKCS8))
	require.NoError(t, err)
	cert, err := keys.LoadCertificate(keys.Text(certificate(t, key, 0x0abc, time.Now().Add(time.Hour))))
	require.NoError(t, err)
	assert.Equal(t, "0ABC", signer.Serial(cert))
	found, err := keys.CertificateSet(cert).Key(t.Context(), "abc")
	require.NoError(t, err)
	assert.Same(t, cert, found)
}

func TestASourcePrintsNoSecret(t *testing.T) {
	s := keys.File("apiclient_cert.p12").WithPassword("1900000109")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.Equal(t, "apiclient_cert.p12", fmt.Sprintf(verb, s))
		hidden := struct{ source keys.Source }{s}
		assert.NotContains(t, fmt.Sprintf(verb, hidden), "1900000109", "nor from within")
	}
}

func TestNewAdaptsAnyCryptoSigner(t *testing.T) {
	v := vectors.Load(t)
	key, err := keys.LoadPrivateKey(keys.Text(v.Merchant.PKCS8))
	require.NoError(t, err)
	s, err := signer.New(hsm{key})
	require.NoError(t, err)
	signature, err := s.Sign(t.Context(), []byte("message"))
	require.NoError(t, err)
	verifier := signer.NewVerifier(keys.Set{"1": key.Public()}, nil)
	require.NoError(t, verifier.Verify(t.Context(), "1", []byte("message"), signature))
	require.ErrorIs(t, verifier.Verify(t.Context(), "1", []byte("massage"), signature), signer.ErrSignature)

	_, err = signer.New(nil)
	require.ErrorContains(t, err, "nil")
	_, err = signer.New((*rsa.PrivateKey)(nil))
	require.ErrorContains(t, err, "nil")
	_, err = signer.New(ecKey(t))
	require.ErrorIs(t, err, signer.ErrNotRSA)
}

// hsm is a key that can be used but not seen.
type hsm struct{ crypto.Signer }

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func certificate(t *testing.T, key crypto.Signer, serial int64, end time.Time) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"},
		NotBefore: end.Add(-48 * time.Hour), NotAfter: end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func FuzzLoad(f *testing.F) {
	m := vectors.Load(f).Merchant
	for _, text := range []string{m.PKCS8, m.PKCS1, m.EncryptedPKCS8, m.SPKI, m.PublicPKCS1, m.Certificate} {
		f.Add([]byte(text))
		block, _ := pem.Decode([]byte(text))
		f.Add(block.Bytes)
	}
	f.Add([]byte(m.PKCS12Base64))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return
		}
		s := keys.Bytes(data).WithPassword(m.Passphrase)
		if key, err := keys.LoadPrivateKey(s); (key == nil) == (err == nil) {
			t.Fatal(key, err)
		}
		if key, err := keys.LoadPublicKey(s); key == nil && err == nil {
			t.Fatal("neither key nor error")
		}
		if cert, err := keys.LoadCertificate(s); cert == nil && err == nil {
			t.Fatal("neither certificate nor error")
		}
	})
}
