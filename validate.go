package wechatpay

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// validate checks every field, reports all problems at once, and returns what it parsed
// on the way. It does no I/O.
func (cfg *Config) validate() (w wiring, err error) {
	var problems []error
	check := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	check("MchID", checkToken(cfg.MchID, "the merchant id, such as 1900000109"))
	check("Serial", checkSerial(cfg.Serial))
	sign, err := cfg.signer()
	check("PrivateKey", err)
	check("PlatformKeys", cfg.checkPlatformKeys())
	w.keyID, err = cfg.platformKeyID()
	check("PlatformKeyID", err)
	w.base, err = target.ParseBase(cfg.BaseURL)
	check("BaseURL", err)
	if cfg.MaxReply < 0 {
		check("MaxReply", errors.New("is negative; 0 means the default"))
	}
	if err == nil {
		w.hosts, w.origins, err = failoverHosts(w.base, cfg.Failover)
		check("Failover", err)
	}
	check("APIv3Key", cfg.checkAPIv3Key())
	w.credential = signer.Credential{ID: cfg.MchID, Serial: strings.ToUpper(cfg.Serial), Signer: sign}
	return w, errors.Join(problems...)
}

func (cfg *Config) signer() (signer.Signer, error) {
	switch {
	case cfg.Signer != nil && cfg.PrivateKey != nil:
		return nil, errors.New("is mutually exclusive with Signer; set one of them")
	case cfg.Signer != nil:
		return cfg.Signer, nil
	case cfg.PrivateKey == nil:
		return nil, errors.New("is missing; load apiclient_key.pem with keys.LoadPrivateKey")
	}
	return signer.New(cfg.PrivateKey)
}

// decrypter may be nil: not every client has fields to decrypt.
func (cfg *Config) decrypter() cipher.Decrypter {
	if cfg.Decrypter != nil {
		return cfg.Decrypter
	}
	key, ok := cfg.PrivateKey.(crypto.Decrypter)
	if !ok {
		return nil
	}
	d, err := cipher.NewDecrypter(key)
	if err != nil {
		return nil // signing has refused it already
	}
	return d
}

// checkPlatformKeys catches what users mix up: the merchant's own certificate or
// key in the place of WeChat Pay's, a private key, a foreign kind of key.
func (cfg *Config) checkPlatformKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.PlatformKeys != nil:
		return errors.New("is mutually exclusive with Verifier; set one of them")
	case cfg.Verifier != nil || cfg.downloads() && cfg.PlatformKeys == nil:
		return nil
	case cfg.PlatformKeys == nil:
		return errors.New("is missing; without WeChat Pay's keys no reply can be trusted: set PlatformKeys, or APIv3Key to download certificates")
	}
	var problems []error
	count := 0
	for id, key := range cfg.listed() {
		count++
		if err := cfg.checkPlatformKey(id, key); err != nil {
			problems = append(problems, fmt.Errorf("key %q %w", id, err))
		}
	}
	if _, fixed := cfg.PlatformKeys.(keys.Set); fixed && count == 0 && !cfg.downloads() {
		return errors.New("is empty; without WeChat Pay's keys no reply can be trusted")
	}
	return errors.Join(problems...)
}

func (cfg *Config) checkAPIv3Key() error {
	if n := cfg.APIv3Key.Len(); n != 0 && n != cipher.KeySize {
		return fmt.Errorf("has %d bytes; it must have %d, as they stand in the merchant console", n, cipher.KeySize)
	}
	return nil
}

// downloads reports whether the client makes a keyring that downloads certificates.
func (cfg *Config) downloads() bool {
	_, fixed := cfg.PlatformKeys.(keys.Set)
	return !cfg.APIv3Key.IsZero() && cfg.Verifier == nil && (fixed || cfg.PlatformKeys == nil)
}

func (cfg *Config) checkPlatformKey(id string, key crypto.PublicKey) error {
	if signer.SameID(id, cfg.Serial) {
		return errors.New("is the merchant's own serial; put WeChat Pay's platform certificate or public key here")
	}
	if err := keys.Check(id, key); err != nil {
		return err
	}
	if cfg.isMerchantKey(key) {
		return errors.New("is the merchant's own public key; put WeChat Pay's (pub_key.pem) here")
	}
	return nil
}

// isMerchantKey reports whether key is the public half of the PrivateKey.
func (cfg *Config) isMerchantKey(key crypto.PublicKey) bool {
	if sign, err := cfg.signer(); err != nil || sign == nil || cfg.PrivateKey == nil {
		return false // an error is reported for its own field
	}
	if cert, ok := key.(*x509.Certificate); ok {
		key = cert.PublicKey
	}
	pub, ok := key.(*rsa.PublicKey)
	return ok && pub.Equal(cfg.PrivateKey.Public())
}

// platformKeyID is the key id that requests name, see Config.PlatformKeyID.
func (cfg *Config) platformKeyID() (string, error) {
	if cfg.PlatformKeyID != "" {
		if set, fixed := cfg.PlatformKeys.(keys.Set); fixed {
			if _, err := set.Key(nil, cfg.PlatformKeyID); err != nil { //nolint:staticcheck // Keys has no use for a context
				return "", fmt.Errorf("is not among the PlatformKeys: %w", err)
			}
		}
		return cfg.PlatformKeyID, checkToken(cfg.PlatformKeyID, "a key id")
	}
	only := ""
	for id := range cfg.listed() {
		if !strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
			continue
		}
		if only != "" {
			return "", nil
		}
		only = id
	}
	return only, nil
}

// listed are the platform keys, where they can be listed.
func (cfg *Config) listed() iter.Seq2[string, crypto.PublicKey] {
	if lister, ok := cfg.PlatformKeys.(keys.Lister); ok {
		return lister.All()
	}
	return func(func(string, crypto.PublicKey) bool) {}
}

func isHexadecimal(s string) bool { return strings.Trim(s, "0123456789ABCDEFabcdef") == "" }

func checkSerial(serial string) error {
	switch {
	case serial == "":
		return errors.New("is missing; it is the serial number of apiclient_cert.pem, see signer.Serial")
	case strings.HasPrefix(serial, signer.PublicKeyIDPrefix):
		return errors.New("is the id of WeChat Pay's public key; put the serial number of apiclient_cert.pem here")
	case !isHexadecimal(serial):
		return fmt.Errorf("%.80q is not hex; write the serial number of apiclient_cert.pem without colons or spaces", serial)
	}
	return nil
}

// checkToken guards what goes between the quotes of the Authorization header.
func checkToken(s, what string) error {
	if s == "" {
		return fmt.Errorf("is missing; it is %s", what)
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == ',' {
			return fmt.Errorf("%.80q is not %s: it holds a space or another stray character", s, what)
		}
	}
	return nil
}

// failoverHosts are the hosts as origins, and those of them that are trusted for
// being the base URL's: by its name and scheme, for a sandbox or a proxy.
func failoverHosts(base target.Base, raw []string) (hosts, origins []string, err error) {
	origins = []string{base.Origin}
	for i, host := range raw {
		other, err := target.ParseBase(host)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("host %d %w", i, err) // which may hold a password
		case other.Prefix != "":
			return nil, nil, fmt.Errorf("host %d has a path; remove it", i)
		case i == 0 && other.Origin != base.Origin:
			return nil, nil, fmt.Errorf("the first host must be the BaseURL's, %s", base.Origin)
		}
		if other.Scheme == base.Scheme && hostname(other.Host) == hostname(base.Host) {
			origins = append(origins, other.Origin)
		}
		hosts = append(hosts, other.Origin)
	}
	for _, host := range hosts {
		u, err := url.Parse(host)
		if err == nil {
			err = middleware.Trusted(u, origins...)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if raw != nil && len(raw) < 2 {
		return nil, nil, errors.New("needs at least two hosts")
	}
	return hosts, origins, nil
}

func hostname(host string) string { return (&url.URL{Host: host}).Hostname() }
