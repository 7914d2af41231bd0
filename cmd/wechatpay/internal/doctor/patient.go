package doctor

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"os"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// The names of the checks.
const (
	checkKey         = "private key"
	checkAccess      = "access to the private key"
	checkCertificate = "certificate"
	checkValidity    = "certificate validity"
	checkPair        = "key and certificate"
	checkSerial      = "serial"
	checkCaller      = "merchant"
	checkAPIv3Key    = "APIv3 key"
	checkAPIv2Key    = "APIv2 key"
	checkPublicKey   = "public key"
	checkPlatform    = "platform certificate"
	checkConnection  = "connection"
	checkClock       = "clock"
	checkCall        = "signed call"
	checkHeaders     = "reply headers"
	checkSignature   = "reply signature"
	checkDownload    = "platform certificates by APIv3 key"
)

// A patient is what is examined, and what was found so far. What did not parse is zero.
type patient struct {
	*app.App
	settings *profile.Settings
	report   Report

	ahead       time.Duration // of this machine's clock, before the server's
	key         *rsa.PrivateKey
	certificate *x509.Certificate
	serial      string // in force: that of the settings, or of the certificate
	caller      string
	brand       bool
	apiV3Key    cipher.Secret // of the right length
	trusted     keys.Set      // WeChat Pay's keys
	publicKeyID string
}

// now is the time by the server's clock, where that is known.
func (p *patient) now() time.Time { return p.Now().Add(-p.ahead) }

// value returns a setting, "" if there is none.
func (p *patient) value(name string) string {
	value, _ := p.settings.Lookup(name)
	return value
}

// source returns a key or certificate, and what a person calls its place; "" if there is none. A
// setting that stands in two places is reported.
func (p *patient) source(check, name string) (source keys.Source, place string, ok bool) {
	text, file := p.value(name), p.value(name+"_FILE")
	switch {
	case text != "" && file != "":
		p.fail(check, name+" and "+name+"_FILE are both set", p.T("unset one of them", "只保留其中一个"))
		return source, "", false
	case text != "":
		source, place = keys.Text(text), name
	case file != "":
		source, place = keys.File(file), source2name(file)
	default:
		return source, "", true
	}
	if password := p.secret("WECHATPAY_PRIVATE_KEY_PASSWORD"); !password.IsZero() {
		source = source.WithPassword(password)
	}
	return source, place, true
}

// source2name is the name of a file that may be a key by mistake, which must not be printed.
func source2name(file string) string { return keys.File(file).String() }

// secret returns a secret, without the line break at the end of its file; zero where there is none
// or its file cannot be read.
func (p *patient) secret(name string) cipher.Secret {
	text := p.value(name)
	if file := p.value(name + "_FILE"); text == "" && file != "" {
		data, err := os.ReadFile(file) //nolint:gosec // the user names the file
		if err != nil {
			return cipher.Secret{}
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	}
	return cipher.NewSecret(text)
}

// origin is where a setting came from, for a person.
func (p *patient) origin(name string) string {
	return cmp.Or(p.settings.Origin(name), p.settings.Origin(name+"_FILE"))
}

// trimmed is the text of an error without the name of its package.
func trimmed(err error) string {
	text := app.Words(err.Error())
	for _, prefix := range []string{"wechatpay: ", "keys: ", "signer: ", "cipher: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}
