package wechatpay

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/transport"
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
	if _, ok := cfg.Transport.(*http.Transport); !ok {
		return fmt.Errorf("cannot be presented by a %T; set Transport to an *http.Transport, and put what wraps it into Stack", cfg.Transport)
	}
	cert, err := x509.ParseCertificate(cfg.Certificate.Certificate[0])
	switch {
	case err != nil:
		return fmt.Errorf("is malformed: %w", err)
	case cfg.Certificate.PrivateKey == nil:
		return errors.New("has no private key; load both with tls.LoadX509KeyPair or keys.LoadMerchant")
	case cfg.Clock().After(cert.NotAfter):
		return fmt.Errorf("%w: it was valid until %s; renew it in the merchant console", signer.ErrExpired, cert.NotAfter.Format(time.DateOnly))
	}
	if owner := cert.Subject.CommonName; strings.Trim(owner, "0123456789") == "" && owner != "" && owner != cfg.MchID {
		return fmt.Errorf("is that of merchant %s, not of %s", owner, cfg.MchID)
	}
	return nil
}

// v2Config returns how calls of APIv2 are signed and verified.
func (cfg *Config) v2Config(w wiring) middleware.V2Config {
	return middleware.V2Config{
		Key: cfg.APIv2Key, WorkWXSecret: cfg.WorkWXSecret, Prefix: w.base.Prefix, Origins: w.origins, MaxReply: cfg.MaxReply,
	}
}

// HasCertificate reports whether the client can call the endpoints of APIv2 that ask for the
// merchant's certificate.
func (c *Client) HasCertificate() bool { return c != nil && c.mutual }

// wireV2 sets what calls of APIv2 need: their keys, and a transport with the certificate.
func (c *Client) wireV2(cfg Config, w wiring) {
	if cfg.APIv2Key.IsZero() {
		return
	}
	c.v2, c.appID, c.bankKey = cfg.v2Config(w), cfg.AppID, newBankKey()
	if plain, ok := cfg.Transport.(*http.Transport); ok && len(cfg.Certificate.Certificate) > 0 {
		c.transport, c.mutual = transport.WithCertificate(plain, cfg.Certificate), true
	}
}
