package keys_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

type namedSource struct {
	name   string
	source keys.Source
	first  bool // contains the first PEM block only
}

// sources returns the same content from each kind of source.
func sources(t *testing.T, content string) []namedSource {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	all := []namedSource{
		{"file", keys.File(path), false},
		{"fs", keys.FS(fstest.MapFS{"key": {Data: []byte(content)}}, "key"), false},
		{"bytes", keys.Bytes([]byte(content)), false},
		{"text", keys.Text(content), false},
		{"env", keys.Text(strings.ReplaceAll(content, "\n", `\n`)), false},
		{"crlf", keys.Text(strings.ReplaceAll(content, "\n", "\r\n")), false},
	}
	block, _ := pem.Decode([]byte(content))
	if block == nil {
		der, err := base64.StdEncoding.DecodeString(content)
		require.NoError(t, err)
		return append(all, namedSource{"der", keys.Bytes(der), false})
	}
	bare := base64.StdEncoding.EncodeToString(block.Bytes)
	return append(all,
		namedSource{"text around it", keys.Text("Bag Attributes\n  friendlyName: x\n" + content), false},
		namedSource{"bare base64", keys.Text(bare), true},
		namedSource{"bare base64 in lines", keys.Text(bare[:64] + "\n " + bare[64:] + "\n"), true},
		namedSource{"der", keys.Bytes(block.Bytes), true},
	)
}

func TestLoadPrivateKey(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	want, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	for _, tc := range []struct {
		name, content string
		second        bool // the key is the second block
	}{
		{"PKCS#8", m.PKCS8, false},
		{"PKCS#1", m.PKCS1, false},
		{"encrypted PKCS#8", m.EncryptedPKCS8, false},
		{"PKCS#12", m.PKCS12Base64, false},
		{"wrong label", strings.ReplaceAll(m.PKCS1, "RSA PRIVATE KEY", "PRIVATE KEY"), false},
		{"certificate and key in one file", m.Certificate + m.PKCS8, true},
	} {
		for _, s := range sources(t, tc.content) {
			if !tc.second || !s.first {
				t.Run(tc.name+"/"+s.name, func(t *testing.T) {
					t.Parallel()
					key, err := keys.LoadPrivateKey(s.source.WithPassword(cipher.NewSecret(m.Passphrase)))
					require.NoError(t, err)
					assert.True(t, key.Equal(want))
				})
			}
		}
	}
}

func TestLoadPublicKey(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	private, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	for _, tc := range []struct{ name, content string }{
		{"SPKI", m.SPKI}, {"PKCS#1", m.PublicPKCS1}, {"X.509", m.Certificate},
	} {
		for _, s := range sources(t, tc.content) {
			t.Run(tc.name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				key, err := keys.LoadPublicKey(s.source)
				require.NoError(t, err)
				assert.True(t, key.Equal(private.Public()))
			})
		}
	}
}

func TestLoadCertificate(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	for _, tc := range []struct{ name, content string }{{"X.509", m.Certificate}, {"PKCS#12", m.PKCS12Base64}} {
		for _, s := range sources(t, tc.content) {
			t.Run(tc.name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				cert, err := keys.LoadCertificate(s.source.WithPassword(cipher.NewSecret(m.Passphrase)))
				require.NoError(t, err)
				assert.Equal(t, m.Serial, signer.Serial(cert))
			})
		}
	}
}

func loadPrivate(s keys.Source) error     { _, err := keys.LoadPrivateKey(s); return err }
func loadPublic(s keys.Source) error      { _, err := keys.LoadPublicKey(s); return err }
func loadCertificate(s keys.Source) error { _, err := keys.LoadCertificate(s); return err }

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	ec := ecKey(t)
	ecDER, err := x509.MarshalPKCS8PrivateKey(ec)
	require.NoError(t, err)
	ecPEM := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ecDER}))
	ecPub, err := x509.MarshalPKIXPublicKey(ec.Public())
	require.NoError(t, err)
	rsaKey, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	expired := certificate(t, rsaKey, 0x0abc, time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC))
	ecCert := certificate(t, ec, 1, time.Now().Add(time.Hour))
	legacy := strings.Replace(m.PKCS1, "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)
	const (
		noKey       = ": the data is not PEM, DER, base64 or PKCS#12; check the file"
		private     = "; the merchant's private key is apiclient_key.pem"
		public      = "; WeChat Pay's public key is pub_key.pem, from the merchant console"
		cert        = "; the merchant's certificate is apiclient_cert.pem"
		ended       = ": certificate 0ABC ended on 2020-01-02; renew it in the merchant console"
		pkcs8Phrase = ": the pass phrase of the encrypted private key "
		p12Phrase   = ": the pass phrase of the PKCS#12 bundle (the mchid, for apiclient_cert.p12) "
	)
	for _, tc := range []struct {
		name              string
		load              func(keys.Source) error
		content, password string
		kind              error
		want              string // what follows the kind
	}{
		{"certificate for a private key", loadPrivate, m.Certificate, "", keys.ErrKeyKind, ": it contains a certificate, not a private key" + private},
		{"public key for a private key", loadPrivate, m.SPKI, "", keys.ErrKeyKind, ": it contains a public key, not a private key" + private},
		{"private key for a public key", loadPublic, m.PKCS8, "", keys.ErrKeyKind, ": it contains a private key, not a public key" + public},
		{"private key for a certificate", loadCertificate, m.PKCS8, "", keys.ErrKeyKind, ": it contains a private key, not a certificate" + cert},
		{"public key for a certificate", loadCertificate, m.SPKI, "", keys.ErrKeyKind, ": it contains a public key, not a certificate" + cert},
		{"elliptic private key", loadPrivate, ecPEM, "", signer.ErrNotRSA, ": it contains a key of type *ecdsa.PrivateKey" + private},
		{"elliptic public key", loadPublic, string(ecPub), "", signer.ErrNotRSA, ": it contains a key of type *ecdsa.PublicKey" + public},
		{"elliptic certificate", loadCertificate, ecCert, "", signer.ErrNotRSA, ": its certificate has a key of type *ecdsa.PublicKey" + cert},
		{"elliptic certificate as public", loadPublic, ecCert, "", signer.ErrNotRSA, ": its certificate has a key of type *ecdsa.PublicKey" + public},
		{"expired certificate", loadCertificate, expired, "", signer.ErrExpired, ended},
		{"expired certificate as public", loadPublic, expired, "", signer.ErrExpired, ended},
		{
			"PKCS#8, wrong pass phrase", loadPrivate, m.EncryptedPKCS8, "secret-guess", keys.ErrPassword,
			pkcs8Phrase + "is wrong; check WithPassword (pkcs8: incorrect password)",
		},
		{
			"PKCS#8, no pass phrase", loadPrivate, m.EncryptedPKCS8, "", keys.ErrPassword,
			pkcs8Phrase + "is missing; set it with WithPassword",
		},
		{
			"PKCS#12, wrong pass phrase", loadPrivate, m.PKCS12Base64, "secret-guess", keys.ErrPassword,
			p12Phrase + "is wrong; check WithPassword (pkcs12: decryption password incorrect)",
		},
		{
			"PKCS#12, no pass phrase", loadCertificate, m.PKCS12Base64, "", keys.ErrPassword,
			p12Phrase + "is missing; set it with WithPassword",
		},
		{
			"legacy encryption", loadPrivate, legacy, "", keys.ErrNoKey,
			": its encryption with PEM headers is not supported; convert it with: openssl pkcs8 -topk8 -in key data",
		},
		{"too many iterations", loadPrivate, costly(t), "x", keys.ErrNoKey, ": its key derivation takes too many iterations; encrypt it again with the defaults of openssl"},
		{"a word", loadPublic, "hello", "", keys.ErrNoKey, noKey},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := tc.load(keys.Text(tc.content).WithPassword(cipher.NewSecret(tc.password)))
			require.ErrorIs(t, err, tc.kind)
			require.EqualError(t, err, "keys: key data: "+tc.kind.Error()+tc.want)
		})
	}
}

func TestLoadSourceErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		source keys.Source
		want   string
		is     error
	}{
		{"zero", keys.Source{}, "keys: the Source is a zero value; use File, FS, Bytes or Text", nil},
		{
			"missing file", keys.FS(fstest.MapFS{}, "such.pem"),
			"keys: reading such.pem: open such.pem: file does not exist", fs.ErrNotExist,
		},
		{
			"too large", keys.Text(strings.Repeat("A", 1<<20+1)),
			"keys: reading key data: no key or certificate found: it has more than 1048576 bytes; check the file", keys.ErrNoKey,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := loadPrivate(tc.source)
			require.EqualError(t, err, tc.want)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
		})
	}
	require.ErrorIs(t, loadPrivate(keys.File("no/such.pem")), fs.ErrNotExist)
}

// costly returns an encrypted key whose 2^31-1 iterations would take an hour.
func costly(t *testing.T) string {
	t.Helper()
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
	return string(der)
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
