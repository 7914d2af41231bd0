package keys_test

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func TestSourcePrintsItsName(t *testing.T) {
	t.Parallel()
	s := keys.File("apiclient_cert.p12").WithPassword(cipher.NewSecret("1900000109"))
	assert.Equal(t, "apiclient_cert.p12", s.String())
	assert.Equal(t, "apiclient_cert.p12", fmt.Sprintf("%v", s))
	assert.Equal(t, "apiclient_cert.p12", fmt.Sprintf("%+v", s))
}

// TestOrdinaryPathsAreRead: only a key in place of a path is refused.
func TestOrdinaryPathsAreRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("deployments/", 20)
	for _, row := range []struct{ name, path string }{
		{"ends in END", "backend_private_key.pem"},
		{"END is a word", "back-end_private_key.pem"},
		{"END is a word of its folder", "front-end/certificate.pem"},
		{"BEGIN is a word", "begin_certificate.pem"},
		{"long, with MI", long + "ADMIN/merchants/production/certificates/of-the-shop/apiclient_key"},
		{"long, with MII", long + "MIIT/merchants/production/certificates/of-the-shop/apiclient_key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, loadPrivate(keys.File(row.path)), fs.ErrNotExist)
			require.ErrorIs(t, loadPrivate(keys.FS(fstest.MapFS{}, row.path)), fs.ErrNotExist)
			ring, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Dir: row.path})
			require.NoError(t, err)
			require.NoError(t, ring.Close())
		})
	}
}

// TestAPartOfAKeyIsNotPrinted: where a path is expected, no error repeats it.
func TestAPartOfAKeyIsNotPrinted(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(vectors.Load(t).Merchant.PKCS8, "\n", "")
	bare := body(vectors.Load(t).Merchant.PKCS8)
	for _, row := range []struct{ name, text string }{
		{"whole", text},
		{"its beginning", text[:300]},
		{"long dashes", strings.ReplaceAll(text[:150], "-----", "———")},
		{"one line break", "x\n" + text[:100]},
		{"its end", text[len(text)-300:]},
		{"bare", bare[:300]},
		{"behind a name", "BACKEND_PRIVATE_KEY=" + bare[:300]},
		{"in quotes", `"` + bare[:300] + `"`},
		{"in base64", base64.StdEncoding.EncodeToString([]byte(text))[:300]},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Dir: row.text})
			require.EqualError(t, err, "keys: KeyringConfig.Dir: is not a path but a key or another text; set the path of a folder")
			err = loadPrivate(keys.File(row.text))
			require.ErrorIs(t, err, keys.ErrNoKey)
			assert.NotContains(t, err.Error(), row.text[len(row.text)-40:])
		})
	}
}

func TestSourcePrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := keys.Text("-----BEGIN").WithPassword(cipher.NewSecret("1900000109"))
	printtest.Hides(t, s, "1900000109", "-----BEGIN")
}

// TestOnce: a pipe, as of a shell's <(…), has its content once.
func TestOnce(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	reads := 0
	folder := readFolder{fstest.MapFS{"both": {Data: []byte(m.Certificate + m.PKCS8)}}, &reads}
	source := keys.FS(folder, "both").Once()
	_, err := keys.LoadCertificate(source)
	require.NoError(t, err)
	_, err = keys.LoadPrivateKey(source)
	require.NoError(t, err)
	assert.Equal(t, 1, reads)
	assert.Equal(t, "both", source.String())
	_, err = keys.LoadPrivateKey(keys.FS(fstest.MapFS{}, "none").Once())
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = keys.LoadPrivateKey(keys.Source{}.Once())
	require.Error(t, err, "a zero Source")
}

// A readFolder counts how often a file is opened.
type readFolder struct {
	fs.FS
	reads *int
}

func (f readFolder) Open(name string) (fs.File, error) {
	*f.reads++
	return f.FS.Open(name)
}
