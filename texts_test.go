package wechatpay_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A pinned row is an error that a user meets, and its whole text.
type pinned struct {
	name string
	make func() error
	want string
}

func (r pinned) check(t *testing.T) {
	t.Helper()
	t.Run(r.name, func(t *testing.T) {
		require.EqualError(t, r.make(), r.want)
	})
}

// errorOf leaves out what came with the error.
func errorOf[T any](_ T, err error) error { return err }

func TestTextsOfNew(t *testing.T) {
	cred := gateway().Credentials()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	with := func(change func(cfg *wechatpay.Config)) func() error {
		return func() error {
			cfg := config("")
			change(&cfg)
			return errorOf(wechatpay.New(cfg))
		}
	}
	for _, row := range []pinned{
		{"no merchant id", with(func(cfg *wechatpay.Config) { cfg.MchID = "" }),
			"wechatpay: Config.MchID: is missing; it is the merchant id, such as 1900000109; a brand sets BrandID instead"},
		{"a merchant id with a quote", with(func(cfg *wechatpay.Config) { cfg.MchID = `19"0` }),
			`wechatpay: Config.MchID: has 4 characters, and a space or another invalid one among them; an id is a number, such as 1900000109`},
		{"no serial", with(func(cfg *wechatpay.Config) { cfg.Serial = "" }),
			"wechatpay: Config.Serial: is missing; it is the serial number of apiclient_cert.pem, see signer.Serial"},
		{"the id of a public key as serial", with(func(cfg *wechatpay.Config) { cfg.Serial = "PUB_KEY_ID_1" }),
			"wechatpay: Config.Serial: is the id of WeChat Pay's public key; put the serial number of apiclient_cert.pem here"},
		{"a serial with colons", with(func(cfg *wechatpay.Config) { cfg.Serial = "37:75:B6" }),
			`wechatpay: Config.Serial: has 8 characters, and not all are hex digits; write the serial number without colons, spaces or a prefix`},
		{"no private key", with(func(cfg *wechatpay.Config) { cfg.PrivateKey = nil }),
			"wechatpay: Config.PrivateKey: is missing; load apiclient_key.pem with keys.LoadPrivateKey"},
		{"a nil private key", with(func(cfg *wechatpay.Config) { cfg.PrivateKey = (*rsa.PrivateKey)(nil) }),
			"wechatpay: Config.PrivateKey: signer: private key is nil; load one with keys.LoadPrivateKey"},
		{"an empty private key", with(func(cfg *wechatpay.Config) { cfg.PrivateKey = &rsa.PrivateKey{} }),
			"wechatpay: Config.PrivateKey: signer: private key: the key is nil or empty"},
		{"an elliptic private key", with(func(cfg *wechatpay.Config) { cfg.PrivateKey = ec }),
			"wechatpay: Config.PrivateKey: signer: private key: not an RSA key: got *ecdsa.PublicKey"},
		{"a private key and a signer", with(func(cfg *wechatpay.Config) { cfg.Signer = noSigner }),
			"wechatpay: Config.PrivateKey: is mutually exclusive with Signer; set one of them"},
		{"no platform keys", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = nil }),
			"wechatpay: Config.PlatformKeys: is missing; without WeChat Pay's keys no reply can be trusted: set PlatformKeys, or APIv3Key to download certificates"},
		{"an empty set of platform keys", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{} }),
			"wechatpay: Config.PlatformKeys: is empty; without WeChat Pay's keys no reply can be trusted"},
		{"platform keys and a verifier", with(func(cfg *wechatpay.Config) { cfg.Verifier = noVerifier }),
			"wechatpay: Config.PlatformKeys: is mutually exclusive with Verifier; set one of them"},
		{"the merchant's serial among the platform keys", with(func(cfg *wechatpay.Config) { cfg.Serial, cfg.PlatformKeys = "0A", keys.Set{"0A": cred.PublicKey} }),
			`wechatpay: Config.PlatformKeys: key "0A" is the caller's own serial; put WeChat Pay's platform certificate or public key here`},
		{"the merchant's key among the platform keys", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"0A": cred.PrivateKey.Public()} }),
			`wechatpay: Config.PlatformKeys: key "0A" is the caller's own public key; put WeChat Pay's (pub_key.pem) here`},
		{"a platform key without an id", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"": cred.PublicKey} }),
			`wechatpay: Config.PlatformKeys: key "" cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…`},
		{"a platform key by its file", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"pub_key.pem": cred.PublicKey} }),
			`wechatpay: Config.PlatformKeys: key a text of 11 characters (not shown, as it may be a key) cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…`},
		{"an elliptic platform key", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"0A": ec.Public()} }),
			`wechatpay: Config.PlatformKeys: key "0A" must be a *rsa.PublicKey or *x509.Certificate: not an RSA key: got *ecdsa.PublicKey`},
		{"a private key among the platform keys", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"0A": cred.PrivateKey} }),
			`wechatpay: Config.PlatformKeys: key "0A" must be a *rsa.PublicKey or *x509.Certificate: not an RSA key: got *rsa.PrivateKey`},
		{"a nil platform key", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"0A": nil} }),
			`wechatpay: Config.PlatformKeys: key "0A" must be a *rsa.PublicKey or *x509.Certificate: not an RSA key: got <nil>`},
		{"an empty platform key", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"0A": &rsa.PublicKey{}} }),
			`wechatpay: Config.PlatformKeys: key "0A" must be a *rsa.PublicKey or *x509.Certificate: the key is nil or empty`},
		{"a platform key id that is not there", with(func(cfg *wechatpay.Config) { cfg.PlatformKeyID = "PUB_KEY_ID_9" }),
			`wechatpay: Config.PlatformKeyID: is not among the PlatformKeys: unknown key "PUB_KEY_ID_9", a public key of WeChat Pay: load pub_key.pem, from the merchant console, under this id (held: ` + cred.PlatformSerial + ", " + cred.PublicKeyID + ")"},
		{"a platform key id with a space", with(func(cfg *wechatpay.Config) {
			cfg.PlatformKeys, cfg.Verifier, cfg.PlatformKeyID = nil, noVerifier, "a b"
		}),
			`wechatpay: Config.PlatformKeyID: "a b" cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…`},
		{"a decimal serial", with(func(cfg *wechatpay.Config) { cfg.Serial = "730750818665451459101842416358141509827966271488" }),
			`wechatpay: Config.Serial: "730750818665451459101842416358141509827966271488" is a serial number in decimal; write it in hex: 8000000000000000000000000000000000000000`},
		{"a nil keyring", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = (*keys.Keyring)(nil) }),
			"wechatpay: Config.PlatformKeys: is a nil *keys.Keyring"},
		{"a zero keyring", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = new(keys.Keyring) }),
			"wechatpay: Config.PlatformKeys: the Keyring is a zero value; make one with NewKeyring"},
		{"a nil verifier function", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys, cfg.Verifier = nil, signer.VerifierFunc(nil) }),
			"wechatpay: Config.Verifier: is a nil signer.VerifierFunc; set it or leave the field out"},
		{"a nil signer function", with(func(cfg *wechatpay.Config) { cfg.PrivateKey, cfg.Signer = nil, signer.Func(nil) }),
			"wechatpay: Config.Signer: is a nil signer.Func; set it or leave the field out"},
		{"a nil transport", with(func(cfg *wechatpay.Config) { cfg.Transport = (*http.Transport)(nil) }),
			"wechatpay: Config.Transport: is a nil *http.Transport; set it or leave the field out"},
		{"a platform certificate as a public key", with(func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys.Set{"PUB_KEY_ID_1": cred.PlatformCertificate} }),
			`wechatpay: Config.PlatformKeys: key "PUB_KEY_ID_1" is a certificate with the serial number ` + cred.PlatformSerial + "; make the Set with CertificateSet"},
		{"expired platform certificates", with(func(cfg *wechatpay.Config) {
			cfg.PlatformKeys = keys.CertificateSet(cred.PlatformCertificate)
			cfg.Clock = func() time.Time { return cred.PlatformCertificate.NotAfter.Add(1) }
		}), "wechatpay: Config.PlatformKeys: certificate expired or not yet valid, all of them: certificate " + cred.PlatformSerial +
			" ended on " + cred.PlatformCertificate.NotAfter.Format(time.DateOnly) + "; get the current keys, or check the clock"},
		{"a short APIv3 key", with(func(cfg *wechatpay.Config) { cfg.APIv3Key = cipher.NewSecret("secret-but-short") }),
			"wechatpay: Config.APIv3Key: has 16 bytes; it must have 32, as shown in the merchant console"},
		{"a base URL that is none", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "http://[::1" }),
			"wechatpay: Config.BaseURL: is malformed; write it as https://host, https://host:port or https://host/prefix"},
		{"a base URL without a scheme", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "127.0.0.1:80" }),
			"wechatpay: Config.BaseURL: has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"a base URL of a host and a port", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "localhost:8080" }),
			"wechatpay: Config.BaseURL: has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"a base URL without a host", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "https:///x" }),
			"wechatpay: Config.BaseURL: must begin with https://host"},
		{"a base URL with a query", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "https://api.mch.weixin.qq.com/?a" }),
			"wechatpay: Config.BaseURL: must be a scheme, a host and a path, without user, query and fragment"},
		{"a base URL whose host ends in a dot", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "https://api.mch.weixin.qq.com./" }),
			"wechatpay: Config.BaseURL: has a dot at the end of its host; remove it"},
		{"a base URL over plain http", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "http://api.mch.weixin.qq.com" }),
			"wechatpay: Config.BaseURL: calls WeChat Pay over plain http; use https"},
		{"a base URL with dots", with(func(cfg *wechatpay.Config) { cfg.BaseURL = "https://api.mch.weixin.qq.com/../x" }),
			`wechatpay: Config.BaseURL: the path has the segment "..", which servers resolve away`},
		{"a negative limit of replies", with(func(cfg *wechatpay.Config) { cfg.MaxReply = -1 }),
			"wechatpay: Config.MaxReply: is negative; 0 means the default"},
		{"one host to fail over to", with(func(cfg *wechatpay.Config) { cfg.Failover = []string{"https://api.mch.weixin.qq.com"} }),
			"wechatpay: Config.Failover: needs at least two hosts"},
		{"a failover host that is no URL", with(func(cfg *wechatpay.Config) { cfg.Failover = []string{"https://api.mch.weixin.qq.com", "evil"} }),
			"wechatpay: Config.Failover: host 1 has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"a failover host with a path", with(func(cfg *wechatpay.Config) {
			cfg.Failover = []string{"https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com/v3"}
		}),
			"wechatpay: Config.Failover: host 1 has a path; remove it"},
		{"a failover host in front of the base URL's", with(func(cfg *wechatpay.Config) {
			cfg.Failover = []string{"https://api2.mch.weixin.qq.com", "https://api.mch.weixin.qq.com"}
		}),
			"wechatpay: Config.Failover: the first host must be the BaseURL's, https://api.mch.weixin.qq.com"},
		{"a foreign failover host", with(func(cfg *wechatpay.Config) {
			cfg.Failover = []string{"https://api.mch.weixin.qq.com", "https://evil.example"}
		}),
			`wechatpay: Config.Failover: host "evil.example" is not trusted: signed requests are only sent to weixin.qq.com, wechatpay.cn and the base URL of the client`},
		{"a stack with a nil layer", with(func(cfg *wechatpay.Config) { cfg.Stack = func(s *middleware.Stack) error { return s.Push("x", nil) } }),
			`wechatpay: Config.Stack: middleware: "x" is nil`},
		{"a stack that is told a name it has not", with(func(cfg *wechatpay.Config) { cfg.Stack = func(s *middleware.Stack) error { return s.Remove("x") } }),
			`wechatpay: Config.Stack: middleware: the stack has no "x": verify → sign → transport`},
		{"a stack that has the name already", with(func(cfg *wechatpay.Config) {
			cfg.Stack = func(s *middleware.Stack) error { return s.Push("sign", pass) }
		}),
			`wechatpay: Config.Stack: middleware: "sign" is already in the stack: verify → sign → transport`},
		{"two fields at once", with(func(cfg *wechatpay.Config) { cfg.MchID, cfg.MaxReply = "", -1 }),
			"wechatpay: Config.MchID: is missing; it is the merchant id, such as 1900000109; a brand sets BrandID instead\nConfig.MaxReply: is negative; 0 means the default"},
	} {
		row.check(t)
	}
}
