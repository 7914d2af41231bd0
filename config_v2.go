package wechatpay

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/internal/transport"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// onlyV2 reports whether a client calls APIv2 alone.
func (cfg *Config) onlyV2() bool {
	return !cfg.APIv2Key.IsZero() && cfg.BrandID == "" && cfg.Serial == "" && cfg.PrivateKey == nil && cfg.Signer == nil &&
		cfg.PlatformKeys == nil && cfg.Verifier == nil && cfg.APIv3Key.IsZero()
}

// checkV2 returns the field that is wrong.
func (cfg *Config) checkV2() (field string, err error) {
	n := cfg.APIv2Key.Len()
	switch {
	case n == 0 && len(cfg.Certificate.Certificate) > 0:
		return "Certificate", errors.New("is for APIv2, and APIv2Key is missing; set it")
	case n == 0:
		return "", nil
	case cfg.BrandID != "":
		return "APIv2Key", errors.New("is for merchants; a brand has no APIv2")
	case n != cipher.KeySize:
		return "APIv2Key", fmt.Errorf("has %d bytes; it must have %d, as shown in the merchant console", n, cipher.KeySize)
	case len(cfg.Certificate.Certificate) == 0:
		return "", nil
	}
	return "Certificate", cfg.checkCertificate()
}

func (cfg *Config) checkCertificate() error {
	if cfg.ReverseProxy != "" {
		return errors.New("is mutually exclusive with ReverseProxy, which would receive it in place of WeChat Pay; let the proxy present it, and unset it here")
	}
	if err := transport.CheckMutual(cfg.Transport); err != nil {
		return fmt.Errorf("%w; or %s", err, presentYourself)
	}
	cert, err := x509.ParseCertificate(cfg.Certificate.Certificate[0])
	if err != nil {
		return fmt.Errorf("is malformed: %w", err)
	}
	switch key, ok := cfg.Certificate.PrivateKey.(crypto.Signer); {
	case cfg.Certificate.PrivateKey == nil:
		return errors.New("has no private key; load both with tls.LoadX509KeyPair or keys.LoadMerchant")
	case !ok || nilcheck.IsNil(key):
		return fmt.Errorf("has a %T as its private key, which cannot sign; it must be a crypto.Signer", cfg.Certificate.PrivateKey)
	case !isPublicKey(cert.PublicKey, key.Public()):
		return errors.New("has a private key that does not belong to it; use the files of one download")
	case cfg.Clock().After(cert.NotAfter):
		return fmt.Errorf("%w: it was valid until %s; renew it in the merchant console", signer.ErrExpired, cert.NotAfter.Format(time.DateOnly))
	case cfg.Clock().Before(cert.NotBefore):
		return fmt.Errorf("is not valid yet: it begins on %s; check the clock", cert.NotBefore.Format(time.DateOnly))
	}
	if owner := cert.Subject.CommonName; strings.Trim(owner, "0123456789") == "" && owner != "" && owner != cfg.MchID {
		return fmt.Errorf("is that of merchant %s, not of %s", owner, errtext.ID(cfg.MchID))
	}
	return nil
}

// presentYourself is what to do where the client cannot present a certificate.
const presentYourself = "let your Transport present it, and set Options.V2.MutualTLS to false"

func isPublicKey(key, other crypto.PublicKey) bool {
	public, ok := key.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(other)
}

// merchantCertificate returns the certificate of a [keys.Merchant], if the client calls APIv2 and
// can present it.
func (cfg *Config) merchantCertificate(merchant *keys.Merchant) tls.Certificate {
	if cfg.APIv2Key.IsZero() || cfg.ReverseProxy != "" || transport.CheckMutual(cfg.Transport) != nil {
		return tls.Certificate{}
	}
	return merchant.TLSCertificate()
}

// checkMutual returns why the client cannot call the endpoints of APIv2 that ask for the
// merchant's certificate, or nil. A reverse proxy presents it.
func (cfg *Config) checkMutual() error {
	if len(cfg.Certificate.Certificate) > 0 || cfg.ReverseProxy != "" {
		return nil
	}
	if err := transport.CheckMutual(cfg.Transport); err != nil {
		return fmt.Errorf("Config.Certificate: the endpoint asks for the merchant's certificate, which %w; or %s", err, presentYourself)
	}
	return errors.New("Config.Certificate is missing: the endpoint asks for the merchant's certificate (apiclient_cert.p12); see keys.LoadMerchant")
}

// v2Config returns how calls of APIv2 are signed and verified.
func (cfg *Config) v2Config(w wiring) middleware.V2Config {
	return middleware.V2Config{
		Key: cfg.APIv2Key, WorkWXSecret: cfg.WorkWXSecret, Prefix: w.base.Prefix, Origins: w.origins, MaxReply: cfg.MaxReply,
	}
}

// HasCertificate reports whether the client can call the endpoints of APIv2 that ask for the
// merchant's certificate: it presents it, or its ReverseProxy does.
func (c *Client) HasCertificate() bool {
	return c != nil && !c.v2.Key.IsZero() && c.noCertificate == nil
}

// wireV2 sets what calls of APIv2 need: their keys, and a transport with the certificate.
func (c *Client) wireV2(cfg Config, w wiring) {
	if cfg.APIv2Key.IsZero() {
		return
	}
	c.v2, c.appID, c.bankKey, c.noCertificate = cfg.v2Config(w), cfg.AppID, newBankKey(), cfg.checkMutual()
	if plain, ok := cfg.Transport.(*http.Transport); ok && len(cfg.Certificate.Certificate) > 0 {
		c.transport = transport.WithCertificate(plain, cfg.Certificate, func(u *url.URL) bool { return middleware.Trusted(u, w.origins...) == nil })
	}
}
