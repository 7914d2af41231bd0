package keys_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func replace(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

func body(text string) string {
	block, _ := pem.Decode([]byte(text))
	return base64.StdEncoding.EncodeToString(block.Bytes)
}

func der(text string) []byte {
	block, _ := pem.Decode([]byte(text))
	return block.Bytes
}

func eachLine(change func(string) string) func(string) string {
	return func(text string) string {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for i := range lines {
			lines[i] = change(lines[i])
		}
		return strings.Join(lines, "\n")
	}
}

func wide(text string) string { // as UTF-16, little endian
	var b bytes.Buffer
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// forms are the ways in which PEM arrives. Each keeps everything that the key needs.
var forms = []struct {
	name   string
	change func(string) string
}{
	{"as it is", func(s string) string { return s }},
	{`\n`, replace("\n", `\n`)},
	{`\n and a line break`, replace("\n", "\\n\n")},
	{`\r\n`, replace("\n", `\r\n`)},
	{`\\n`, replace("\n", `\\n`)},
	{"carriage returns", replace("\n", "\r")},
	{"CRLF", replace("\n", "\r\n")},
	{"spaces", replace("\n", " ")},
	{"tabs", replace("\n", "\t")},
	{"nothing", replace("\n", "")},
	{"no white space at all", replace("\n", "", " ", "")},
	{"empty lines", replace("\n", "\n\n")},
	{"indented", eachLine(func(s string) string { return "    " + s })},
	{"trailing spaces", eachLine(func(s string) string { return s + "  " })},
	{"quotes", func(s string) string { return `"` + s + `"` }},
	{"single quotes", func(s string) string { return "'" + s + "'" }},
	{`quotes and \n`, quoted},
	{"JSON in JSON", func(s string) string { return quoted(quoted(s)) }},
	{"JSON object", func(s string) string { return `{"mchid":"1900000109","key":` + quoted(s) + `}` }},
	{"JSON with escaped slashes", func(s string) string { return strings.ReplaceAll(quoted(s), "/", `\/`) }},
	{"JSON with escaped signs", func(s string) string {
		return strings.NewReplacer("=", `\u003d`, "+", `\u002B`).Replace(quoted(s))
	}},
	{"env file", func(s string) string { return "export KEY=" + quoted(s) + "\n" }},
	{"YAML", func(s string) string { return "key: |\n" + eachLine(func(s string) string { return "  " + s })(s) }},
	{"properties file", replace("\n", "\\\n  ")},
	{"source code", eachLine(func(s string) string { return `"` + s + `\n" +` })},
	{"source code of PHP", eachLine(func(s string) string { return `'` + s + `' . ` })},
	{"UTF-8 BOM", func(s string) string { return "\ufeff" + s }},
	{"UTF-16 with BOM", func(s string) string { return wide("\ufeff" + s) }},
	{"UTF-16", wide},
	{"zero-width spaces", eachLine(func(s string) string { return "\u200b" + s })},
	{"no-break spaces", replace(" ", "\u00a0")},
	{"full width", replace("+", "＋", "/", "／", "=", "＝", "-", "－")},
	{"long dashes", replace("-----", "———")},
	{"four dashes", replace("-----", "----")},
	{"no dashes", replace("-----", "")},
	{"lower case markers", replace("BEGIN", "begin", "END", "end")},
	{"URL encoding", url.QueryEscape},
	{"URL encoding of a path", url.PathEscape},
	{"plus as space", replace("+", " ")},
	{"plus as space, no line breaks", replace("+", " ", "\n", " ")},
	{"HTML", func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>\n") }},
	{"HTML numbers", replace("\n", "&#10;", "+", "&#43;", "=", "&#x3D;")},
	{"mail", eachLine(func(s string) string { return "> " + s })},
	{"quoted-printable", replace("=", "=3D", "\n", "=0A=\n")},
	{"URL-safe base64", func(s string) string {
		return "-----BEGIN CERTIFICATE-----\n" + strings.NewReplacer("+", "-", "/", "_").Replace(body(s))
	}},
	{"no padding", replace("=", "")},
	{"no END line", func(s string) string { before, _, _ := strings.Cut(s, "-----END"); return before }},
	{"no BEGIN line", func(s string) string { _, after, _ := strings.Cut(s, "\n"); return after }},
	{"bare base64", body},
	{"bare base64 behind a name", func(s string) string { return "KEY=" + body(s) }},
	{"bare base64 behind a name with END in it", func(s string) string { return "BACKEND_PRIVATE_KEY=" + body(s) }},
	{"base64 of PEM", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 of base64 of PEM", func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))
	}},
	{"base64 of bare base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(body(s))) }},
	{"base64 of PEM behind a name", func(s string) string { return "MERCHANT_KEY: " + base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"data URL", func(s string) string {
		return "data:application/x-pem-file;base64," + base64.StdEncoding.EncodeToString([]byte(s))
	}},
	{"hex", func(s string) string { return hex.EncodeToString(der(s)) }},
	{"DER", func(s string) string { return string(der(s)) }},
	{"DER with a line break", func(s string) string { return string(der(s)) + "\n" }},
	{"headers", func(s string) string { return strings.Replace(s, "-----\n", "-----\nComment: of a tool\n\n", 1) }},
	{"text around it", func(s string) string { return "Bag Attributes\n friendlyName: x\n" + s + "\nthe end" }},
}

func TestKeysInAnyForm(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	want, err := keys.LoadPrivateKey(keys.Text(m.PKCS8))
	require.NoError(t, err)
	private := func(s keys.Source) (*rsa.PublicKey, error) {
		key, err := keys.LoadPrivateKey(s)
		if err != nil {
			return nil, err
		}
		return &key.PublicKey, nil
	}
	cert := func(s keys.Source) (*rsa.PublicKey, error) {
		cert, err := keys.LoadCertificate(s)
		if err != nil {
			return nil, err
		}
		return cert.PublicKey.(*rsa.PublicKey), nil
	}
	for _, kind := range []struct {
		name, text string
		load       func(keys.Source) (*rsa.PublicKey, error)
	}{
		{"PKCS#8", m.PKCS8, private},
		{"PKCS#1", m.PKCS1, private},
		{"public key", m.SPKI, keys.LoadPublicKey},
		{"public PKCS#1", m.PublicPKCS1, keys.LoadPublicKey},
		{"certificate", m.Certificate, cert},
		{"public key of a certificate", m.Certificate, keys.LoadPublicKey},
	} {
		for _, form := range forms {
			t.Run(kind.name+"/"+form.name, func(t *testing.T) {
				t.Parallel()
				text := form.change(kind.text)
				path := filepath.Join(t.TempDir(), "key")
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				for _, s := range []keys.Source{keys.Text(text), keys.Bytes([]byte(text)), keys.File(path)} {
					key, err := kind.load(s)
					require.NoError(t, err)
					assert.True(t, key.Equal(want.Public()))
				}
			})
		}
	}
}

// A key in place of its path would be in the error of opening the file.
func TestKeyInPlaceOfAPathIsNotPrinted(t *testing.T) {
	t.Parallel()
	m := vectors.Load(t).Merchant
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			text := form.change(m.PKCS8)
			err := loadPrivate(keys.File(text))
			require.ErrorIs(t, err, keys.ErrNoKey)
			assert.NotContains(t, err.Error(), text[100:120])
			assert.Less(t, len(err.Error()), 200)
		})
	}
	_, err := keys.LoadPublicKey(keys.File(m.SPKI))
	require.ErrorIs(t, err, keys.ErrNoKey)
	require.NotErrorIs(t, err, signer.ErrNotRSA)
}

func FuzzForms(f *testing.F) {
	m := vectors.Load(f).Merchant
	for i := range forms {
		f.Add(uint8(i), uint8(0), uint8(0))
	}
	f.Fuzz(func(t *testing.T, first, cutFrom, cutTo uint8) {
		text := forms[int(first)%len(forms)].change(m.PKCS8)
		from := min(int(cutFrom)*8, len(text))
		to := max(len(text)-int(cutTo)*8, from)
		if key, err := keys.LoadPrivateKey(keys.Text(text[from:to])); (key == nil) == (err == nil) {
			t.Fatal(key, err)
		}
	})
}
