package wechatpay

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/keys"
)

// A bankKey is WeChat Pay's key for payments to bank cards, of v2/risk/getpublickey.
type bankKey struct {
	turn    chan struct{} // has one element while a call reads or fetches the key
	key     *rsa.PublicKey
	fetched time.Time
}

func newBankKey() *bankKey { return &bankKey{turn: make(chan struct{}, 1)} }

// bankKeyLife is how long the key is kept.
const bankKeyLife = 12 * time.Hour

// get returns the key. It is fetched at the first call, and by one call at a time.
func (b *bankKey) get(ctx context.Context, c *Client) (*rsa.PublicKey, error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("Options.Encrypt: waiting for the key of bank cards: %w", ctx.Err())
	}
	if b.key != nil && c.now().Sub(b.fetched) < bankKeyLife {
		return b.key, nil
	}
	resp, err := c.Chain("v2/risk/getpublickey").Post(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("Options.Encrypt: fetching the key of bank cards: %w", err)
	}
	key, err := keys.LoadPublicKey(keys.Text(resp.Get("pub_key").Str))
	if err != nil {
		return nil, fmt.Errorf("Options.Encrypt: the key of bank cards: %w", err)
	}
	b.key, b.fetched = key, c.now()
	return key, nil
}

// encryptV2 encrypts the documented fields of a call of APIv2: those of a generated struct, and
// those that Options.Encrypt selects. One that would leave in the clear is refused.
func (p *plan) encryptV2(ctx context.Context) error {
	facts, opts := &p.v2.Facts, p.opts
	selected := endpoint.IsShape(opts.XML) || slices.Contains(opts.Encrypt, fieldcrypt.Auto)
	for _, name := range opts.Encrypt {
		if name != fieldcrypt.Auto && !slices.Contains(facts.Encrypted, name) {
			return invalid(fmt.Errorf("Options.Encrypt: %q is not documented as encrypted at this endpoint", name))
		}
	}
	if len(opts.Encrypt) > 0 && len(facts.Encrypted) == 0 {
		return invalid(errors.New("Options.Encrypt: no field of this endpoint is documented as encrypted"))
	}
	for i, param := range p.v2.Params {
		if !slices.Contains(facts.Encrypted, param.Name) || param.Value == "" || isCiphertext(param.Value) || slices.Contains(opts.Unencrypted, param.Name) {
			continue
		}
		if !selected && !slices.Contains(opts.Encrypt, param.Name) {
			return invalid(fmt.Errorf("Options.XML: %q is documented as encrypted, and would leave in the clear; set Options.Encrypt to wechatpay.Auto()", param.Name))
		}
		key, err := p.chain.client.bankKey.get(ctx, p.chain.client)
		if err != nil {
			return err
		}
		if p.v2.Params[i].Value, err = cipher.Encrypt(key, param.Value); err != nil {
			return invalid(fmt.Errorf("Options.Encrypt: %q: %w", param.Name, err))
		}
	}
	return nil
}

// isCiphertext reports whether a value has the form of one: base64 of the length of a key.
func isCiphertext(value string) bool {
	data, err := base64.StdEncoding.DecodeString(value)
	return err == nil && len(data) >= 256 && len(data)%128 == 0
}
