package keys_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func TestErrorSaysWhatWasSeen(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "it is empty; check that the file or the environment variable is set"},
		{"empty quotes", ` "" `, "it is empty; check that the file or the environment variable is set"},
		{"path", "/etc/keys/apiclient_key.pem", "it is the path of a file; load it with keys.File"},
		{"path of Windows", `C:\keys\key`, "it is the path of a file; load it with keys.File"},
		{"file name", "apiclient_key.pem", "it is the path of a file; load it with keys.File"},
		{"variable", "${WECHATPAY_KEY}", "it is a placeholder; check that its value is filled in"},
		{"public key id", "PUB_KEY_ID_0114232134912410000000000000", "it is the id of a public key; load the key itself, pub_key.pem"},
		{"serial", m.Serial, "it is a serial number; load the certificate or the key itself"},
		{"web page", "<!DOCTYPE html><html></html>", "it is a web page; check the download"},
		{"ZIP", "PK\x03\x04abc", "it is a ZIP archive; unpack it and use the .pem or .p12 file in it"},
		{"OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "it is an OpenSSH private key; convert it with: ssh-keygen -p -m PEM -f FILE"},
		{"request", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "it is a certificate request; use the certificate that was issued for it"},
		{"markers only", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", "its block PRIVATE KEY is empty; copy the whole text"},
		{"first line only", "-----BEGIN PRIVATE KEY-----", "its block PRIVATE KEY is empty; copy the whole text"},
		{"truncated", m.PKCS8[:400], "its block PRIVATE KEY has no END line, and the end is missing: there are 275 of 1217 bytes; copy the whole text"},
		{"truncated base64", body(m.PKCS8)[:400], "the end is missing: there are 300 of 1217 bytes; copy the whole text"},
		{"damaged", strings.Replace(m.PKCS8, "MII", "AAA", 1), "its block PRIVATE KEY is damaged; copy the whole text again"},
		{"word", "hello", "the data is not PEM, DER, base64 or PKCS#12; check the file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, load := range []func(keys.Source) error{loadPrivate, loadPublic, loadCertificate} {
				err := load(keys.Text(tc.text))
				require.ErrorIs(t, err, keys.ErrNoKey)
				require.EqualError(t, err, "keys: key data: no key or certificate found: "+tc.want)
			}
		})
	}
}
