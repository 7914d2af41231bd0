package wechatpay

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// validate checks every field, reports all problems at once, and returns the parsed values.
// It does no I/O.
func (cfg *Config) validate() (w wiring, err error) {
	var problems []error
	check := func(field string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	field, err := cfg.checkCaller()
	check(field, err)
	check(cfg.checkV2())
	sign, err := cfg.signer()
	if cfg.onlyV2() {
		sign = nil
	} else {
		check("Serial", checkSerial(cfg.Serial))
		check("PrivateKey", err)
		check("PlatformKeys", cfg.checkPlatformKeys())
	}
	check("PrivateKey", cfg.checkMerchant())
	check("Signer", cfg.checkScheme(cfg.Signer))
	check("Verifier", cfg.checkScheme(cfg.Verifier))
	for _, f := range []struct {
		name  string
		value any
	}{{"Signer", cfg.Signer}, {"Decrypter", cfg.Decrypter}, {"Verifier", cfg.Verifier}, {"Transport", cfg.Transport}} {
		if f.value != nil && nilcheck.IsNil(f.value) {
			check(f.name, fmt.Errorf("is a nil %T; set it or leave the field out", f.value))
		}
	}
	w.keyID, err = cfg.platformKeyID()
	check("PlatformKeyID", err)
	w.base, err = baseurl.Parse(cfg.BaseURL)
	check("BaseURL", err)
	if err == nil && cfg.downloads() && strings.HasSuffix(w.base.Prefix, "/v3") {
		check("BaseURL", errors.New("ends in /v3; remove that, since paths begin with v3/"))
	}
	if cfg.MaxReply < 0 {
		check("MaxReply", errors.New("is negative; 0 means the default"))
	}
	if err == nil {
		w.hosts, w.origins, err = baseurl.ParseHosts(w.base, cfg.Failover)
		check("Failover", err)
	}
	w.proxy, err = cfg.reverseProxy()
	check("ReverseProxy", err)
	check("APIv3Key", cfg.checkAPIv3Key())
	w.credential = signer.Credential{ID: cfg.callerID(), Serial: strings.ToUpper(cfg.Serial), Signer: sign}
	return w, errors.Join(problems...)
}

// checkCaller returns the field that is wrong. It refuses two callers.
func (cfg *Config) checkCaller() (field string, err error) {
	switch {
	case cfg.BrandID == "" && cfg.MchID == "":
		return "MchID", errors.New("is missing; it is the merchant id, such as 1900000109; a brand sets BrandID instead")
	case cfg.BrandID == "":
		return "MchID", signer.CheckCallerID(cfg.MchID)
	case cfg.MchID != "":
		return "BrandID", errors.New("is mutually exclusive with MchID; make one client for the brand and one for the merchant")
	}
	return "BrandID", signer.CheckCallerID(cfg.BrandID)
}

// checkScheme refuses a Signer or Verifier that states the scheme of another kind of caller.
func (cfg *Config) checkScheme(signerOrVerifier any) error {
	if _, states := signerOrVerifier.(signer.Schemer); !states || nilcheck.IsNil(signerOrVerifier) {
		return nil // it is given that of the caller; a nil one is refused above
	}
	stated, want := signer.SchemeOf(signerOrVerifier), cfg.scheme()
	if stated.Name == "" || stated.IDParam != want.IDParam || cfg.BrandID != "" && stated != want {
		return fmt.Errorf("states the scheme %q for a %q, which is not one of a caller with a %s", stated.Name, stated.IDParam, want.IDParam)
	}
	return nil
}

func (cfg *Config) signer() (signer.Signer, error) {
	switch {
	case cfg.Signer != nil && cfg.PrivateKey != nil:
		return nil, errors.New("is mutually exclusive with Signer; set one of them")
	case cfg.Signer != nil:
		if _, states := cfg.Signer.(signer.Schemer); states {
			return cfg.Signer, nil
		}
		return signer.SignAs(cfg.scheme(), cfg.Signer), nil
	case cfg.PrivateKey == nil:
		return nil, errors.New("is missing; load apiclient_key.pem with keys.LoadPrivateKey")
	}
	sign, err := signer.New(cfg.PrivateKey)
	return signer.SignAs(cfg.scheme(), sign), err
}

// decrypter returns nil if the private key cannot decrypt. Most clients never decrypt.
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
		return nil // validate reports it for signing
	}
	return d
}

// checkPlatformKeys finds common mix-ups: the merchant's own certificate or key in place of
// WeChat Pay's, a private key, a key of an unsupported type.
func (cfg *Config) checkPlatformKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.PlatformKeys != nil:
		return errors.New("is mutually exclusive with Verifier; set one of them")
	case cfg.Verifier != nil || cfg.downloads() && cfg.PlatformKeys == nil:
		return nil
	case cfg.PlatformKeys == nil && cfg.BrandID != "":
		return errors.New("is missing; set it to the brand's WeChat Pay public key: keys.Set{\"PUB_KEY_ID_…\": key}")
	case cfg.PlatformKeys == nil:
		return errors.New("is missing; without WeChat Pay's keys no reply can be trusted: set PlatformKeys, or APIv3Key to download certificates")
	}
	if _, downloads := cfg.PlatformKeys.(*keys.Keyring); downloads && cfg.BrandID != "" {
		return errors.New("is a Keyring, which downloads platform certificates, and a brand has none; set a keys.Set with the brand's WeChat Pay public key")
	}
	fixed, isSet := cfg.PlatformKeys.(keys.Set)
	if !isSet && nilcheck.IsNil(cfg.PlatformKeys) {
		return fmt.Errorf("is a nil %T", cfg.PlatformKeys)
	}
	var problems []error
	count := 0
	for id, key := range cfg.listed() {
		count++
		if err := cfg.checkPlatformKey(id, key); err != nil {
			problems = append(problems, fmt.Errorf("key %s %w", errtext.QuotedID(id), err))
		}
	}
	switch {
	case problems != nil:
		return errors.Join(problems...)
	case isSet && cfg.downloads():
		return nil // what is missing or expired is downloaded
	case isSet && count == 0:
		return errors.New("is empty; without WeChat Pay's keys no reply can be trusted")
	case isSet:
		return keys.CheckValidity(fixed.All(), cfg.Clock())
	}
	return keys.CheckSource(cfg.PlatformKeys, cfg.Clock())
}

// checkMerchant compares the ids with the certificate of the key, where it is at hand.
func (cfg *Config) checkMerchant() error {
	merchant, ok := cfg.PrivateKey.(*keys.Merchant)
	if !ok || merchant.Certificate() == nil {
		return nil // signer reports a nil or zero one
	}
	// Whom the certificate of a brand names is not documented.
	return merchant.Check(cmp.Or(cfg.MchID, merchant.MchID()), cfg.Serial, cfg.Clock())
}

func (cfg *Config) checkAPIv3Key() error {
	if cfg.BrandID != "" && !cfg.APIv3Key.IsZero() {
		return errors.New("downloads platform certificates, and a brand has none; remove it, and set PlatformKeys to the brand's WeChat Pay public key")
	}
	if n := cfg.APIv3Key.Len(); n != 0 && n != cipher.KeySize {
		return fmt.Errorf("has %d bytes; it must have %d, as shown in the merchant console", n, cipher.KeySize)
	}
	return nil
}

// downloads reports whether the client has a keyring that downloads certificates.
func (cfg *Config) downloads() bool {
	_, fixed := cfg.PlatformKeys.(keys.Set)
	return !cfg.APIv3Key.IsZero() && cfg.Verifier == nil && (fixed || cfg.PlatformKeys == nil)
}

func (cfg *Config) checkPlatformKey(id string, key crypto.PublicKey) error {
	if signer.SameID(id, cfg.Serial) {
		return errors.New("is the caller's own serial; put WeChat Pay's platform certificate or public key here")
	}
	if signer.CheckPublicKey(key) == nil && cfg.isMerchantKey(key) {
		return errors.New("is the caller's own public key; put WeChat Pay's (pub_key.pem) here")
	}
	return keys.Check(id, key)
}

// isMerchantKey reports whether key is the public half of the PrivateKey.
func (cfg *Config) isMerchantKey(key crypto.PublicKey) bool {
	if sign, err := cfg.signer(); err != nil || sign == nil || cfg.PrivateKey == nil {
		return false // validate reports the error for its own field
	}
	if cert, ok := key.(*x509.Certificate); ok {
		key = cert.PublicKey
	}
	pub, ok := key.(*rsa.PublicKey)
	return ok && pub.Equal(cfg.PrivateKey.Public())
}

// platformKeyID returns the id for Wechatpay-Serial, see Config.PlatformKeyID.
func (cfg *Config) platformKeyID() (string, error) {
	id, err := cfg.namedKeyID()
	if err == nil && cfg.BrandID != "" && !strings.HasPrefix(id, signer.PublicKeyIDPrefix) {
		return "", fmt.Errorf("%s is not the id of the brand's WeChat Pay public key, %s…, which every request of a brand names", errtext.QuotedID(id), signer.PublicKeyIDPrefix)
	}
	return id, err
}

func (cfg *Config) namedKeyID() (string, error) {
	if cfg.PlatformKeyID != "" {
		if set, fixed := cfg.PlatformKeys.(keys.Set); fixed {
			if _, err := set.Key(nil, cfg.PlatformKeyID); err != nil { //nolint:staticcheck // a Set does not use the context
				return "", fmt.Errorf("is not among the PlatformKeys: %w", err)
			}
		}
		if err := signer.CheckKeyID(cfg.PlatformKeyID); err != nil {
			return "", fmt.Errorf("%s %w", errtext.QuotedID(cfg.PlatformKeyID), err)
		}
		return cfg.PlatformKeyID, nil
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

// listed returns the platform keys, or none if they cannot be listed.
func (cfg *Config) listed() iter.Seq2[string, crypto.PublicKey] {
	if lister, ok := cfg.PlatformKeys.(keys.Lister); ok {
		if all := lister.All(); all != nil {
			return all
		}
	}
	return func(func(string, crypto.PublicKey) bool) {}
}

func checkSerial(serial string) error {
	switch {
	case serial == "":
		return errors.New("is missing; it is the serial number of apiclient_cert.pem, see signer.Serial")
	case strings.HasPrefix(serial, signer.PublicKeyIDPrefix):
		return errors.New("is the id of WeChat Pay's public key; put the serial number of apiclient_cert.pem here")
	}
	return signer.CheckSerial(serial)
}

func (cfg Config) withDefaults() Config {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if merchant, ok := cfg.PrivateKey.(*keys.Merchant); ok {
		if len(cfg.Certificate.Certificate) == 0 {
			cfg.Certificate = cfg.merchantCertificate(merchant)
		}
		cfg.Serial = cmp.Or(cfg.Serial, merchant.Serial())
		if cfg.BrandID == "" {
			cfg.MchID = cmp.Or(cfg.MchID, merchant.MchID())
		}
	}
	return cfg
}
