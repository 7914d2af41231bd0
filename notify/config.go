package notify

import (
	"errors"
	"fmt"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// DefaultMaxBody is the default of Config.MaxBody in bytes.
const DefaultMaxBody = 1 << 20

// A Config configures a [Parser]. The zero value of a field means its default. A Config
// prints without its keys.
type Config struct {
	// Keys finds the public keys of WeChat Pay's signatures: those of a client
	// (wechatpay.Client.PlatformKeys), a [keys.Keyring] or a [keys.Set]. Required,
	// unless Verifier is set.
	Keys signer.KeySource `json:"-"`

	// Verifier verifies signatures in place of Keys.
	Verifier signer.Verifier `json:"-"`

	// APIv3Key decrypts the resource: 32 characters from the merchant console; for a brand,
	// its own API key. Required.
	APIv3Key cipher.Secret `json:"-"`

	// APIv2Key verifies the notifications of APIv2, which are XML, and decrypts those of
	// refunds: 32 characters from the merchant console. Without it, they are refused. With it
	// alone, Keys and APIv3Key are not required, and webhooks of v3 are refused.
	APIv2Key cipher.Secret `json:"-"`

	// MchID refuses the notifications of APIv2 for another mch_id, since several merchants
	// may have been given the same APIv2 key. Default: any merchant.
	MchID string

	// Scheme is that of the signatures: [signer.Brand] for the webhooks of a brand. Default:
	// that of the Verifier, or [signer.RSA].
	Scheme signer.Scheme

	// MaxBody is the maximum size of a body in bytes; default [DefaultMaxBody].
	MaxBody int64

	// Clock returns the time that timestamps are compared with; default [time.Now]. It
	// is for tests.
	Clock func() time.Time `json:"-"`
}

// check returns every problem.
func (cfg *Config) check() error {
	var problems []error
	if err := cfg.checkV2(); err != nil {
		problems = append(problems, err)
	}
	if !cfg.onlyV2() {
		problems = append(problems, cfg.checkV3()...)
	}
	if cfg.MaxBody < 0 {
		problems = append(problems, errors.New("Config.MaxBody is negative; 0 means the default"))
	}
	if stated, ok := cfg.Verifier.(signer.Schemer); ok && !nilcheck.IsNil(cfg.Verifier) && cfg.Scheme != (signer.Scheme{}) && cfg.Scheme != stated.Scheme() {
		problems = append(problems, fmt.Errorf("Config.Scheme is %q, but Config.Verifier is for %q; leave Scheme out", cfg.Scheme.Name, stated.Scheme().Name))
	}
	if cfg.Scheme != (signer.Scheme{}) && (cfg.Scheme.Name == "" || cfg.Scheme.IDParam == "") {
		problems = append(problems, errors.New("Config.Scheme is incomplete; use signer.Brand or signer.RSA"))
	}
	if problems != nil {
		return fmt.Errorf("notify: %w", errors.Join(problems...))
	}
	return nil
}

// onlyV2 reports whether a Config is for APIv2 alone.
func (cfg *Config) onlyV2() bool {
	return !cfg.APIv2Key.IsZero() && cfg.Keys == nil && cfg.Verifier == nil && cfg.APIv3Key.IsZero()
}

func (cfg *Config) checkV2() error {
	switch n := cfg.APIv2Key.Len(); {
	case n == 0 && cfg.MchID != "":
		return errors.New("Config.MchID is for APIv2, and Config.APIv2Key is missing; set both")
	case n == 0:
		return nil
	case n != cipher.KeySize:
		return fmt.Errorf("Config.APIv2Key has %d bytes; it must have %d, as shown in the merchant console", n, cipher.KeySize)
	case cfg.Scheme == signer.Brand:
		return errors.New("Config.APIv2Key is for merchants; a brand has no APIv2")
	}
	return nil
}

func (cfg *Config) checkV3() (problems []error) {
	if err := cfg.checkKeys(); err != nil {
		problems = append(problems, err)
	}
	if n := cfg.APIv3Key.Len(); n != cipher.KeySize {
		problems = append(problems, fmt.Errorf("Config.APIv3Key has %d bytes; it must have %d, as shown in the merchant console", n, cipher.KeySize))
	}
	return problems
}

// checkKeys refuses keys that would fail every webhook.
func (cfg *Config) checkKeys() error {
	switch {
	case cfg.Verifier != nil && cfg.Keys != nil:
		return errors.New("Config.Keys and Config.Verifier are both set; set one of them")
	case cfg.Verifier == nil && cfg.Keys == nil:
		return errors.New("Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys")
	case cfg.Verifier != nil && nilcheck.IsNil(cfg.Verifier):
		return fmt.Errorf("Config.Verifier is a nil %T", cfg.Verifier)
	case cfg.Verifier != nil:
		return nil
	}
	now := time.Now
	if cfg.Clock != nil {
		now = cfg.Clock
	}
	if err := keys.CheckSource(cfg.Keys, now()); err != nil {
		return fmt.Errorf("Config.Keys: %w", err)
	}
	return nil
}
