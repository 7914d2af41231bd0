package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// A platformKey signs replies and webhooks, and decrypts sensitive fields. cert is nil for a
// public key.
type platformKey struct {
	id     string
	key    *rsa.PrivateKey
	signer signer.Signer
	cert   *x509.Certificate
}

// signerOf returns what signs with a key, see [Config.Accelerate].
func (g *Gateway) signerOf(key *rsa.PrivateKey) (signer.Signer, error) {
	if g.accelerate == nil {
		return signer.New(key)
	}
	fast, err := g.accelerate(key)
	if err != nil {
		return nil, fmt.Errorf("Config.Accelerate: %w", err)
	}
	sign, err := signer.New(fast)
	if err != nil {
		return nil, fmt.Errorf("Config.Accelerate: %w", err)
	}
	if !key.PublicKey.Equal(fast.Public()) {
		return nil, errors.New("Config.Accelerate returned a signer of another key")
	}
	return sign, nil
}

// platformKeys are the keys of the gateway, with the rules which of them signs.
type platformKeys struct {
	mu      sync.Mutex
	keys    []platformKey // the public key, then the certificates by age
	signing string        // the certificate that signs if the request names no key
	percent int           // of webhooks, signed by the public key
	signed  int           // webhooks so far
}

// known reports whether a request may name the id: its key exists and has not expired.
func (p *platformKeys) known(id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.valid(id, now)
	return ok
}

func (p *platformKeys) valid(id string, now time.Time) (platformKey, bool) {
	k, ok := p.at(id)
	return k, ok && (k.cert == nil || !now.After(k.cert.NotAfter))
}

// named returns the key with an id.
func (p *platformKeys) named(id string) (platformKey, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at(id)
}

// public returns the public key, or nil.
func (p *platformKeys) public() *platformKey {
	for i := range p.keys {
		if p.keys[i].cert == nil {
			return &p.keys[i]
		}
	}
	return nil
}

// at returns the key with an id in any spelling.
func (p *platformKeys) at(id string) (platformKey, bool) {
	i := slices.IndexFunc(p.keys, func(k platformKey) bool { return signer.SameID(k.id, id) })
	if i < 0 {
		return platformKey{}, false
	}
	return p.keys[i], true
}

// forReply returns the key that signs a reply: the one that the request names; otherwise, or if
// there is none of that name, that of the certificate in use, or the public key if there is no
// certificate.
func (p *platformKeys) forReply(named string, now time.Time) platformKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.valid(named, now); ok {
		return k
	}
	return p.current()
}

// forWebhook returns the key that signs a webhook: the public key for the given percentage,
// evenly distributed.
func (p *platformKeys) forWebhook() platformKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signed++
	if p.signed*p.percent/100 != (p.signed-1)*p.percent/100 {
		return p.keys[0]
	}
	return p.current()
}

func (p *platformKeys) current() platformKey {
	if k, ok := p.at(p.signing); ok {
		return k
	}
	return p.keys[0]
}

// listed returns the certificates that are valid at a time.
func (p *platformKeys) listed(now time.Time) []*x509.Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	var certs []*x509.Certificate
	for _, k := range p.keys {
		if k.cert != nil && !now.After(k.cert.NotAfter) {
			certs = append(certs, k.cert)
		}
	}
	return certs
}

// IssueCertificate adds a platform certificate with a validity. GET /v3/certificates lists
// it, and it can encrypt fields, but it signs nothing until [Gateway.UseCertificate].
func (g *Gateway) IssueCertificate(validFor time.Duration) (*x509.Certificate, error) {
	if err := g.checkMade(); err != nil {
		return nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	issued, err := g.certified(key, validFor)
	if err != nil {
		return nil, err
	}
	g.merchant.platform.mu.Lock()
	defer g.merchant.platform.mu.Unlock()
	g.merchant.platform.keys = append(g.merchant.platform.keys, issued)
	return issued.cert, nil
}

// UseCertificate makes the gateway sign with the certificate of that serial.
func (g *Gateway) UseCertificate(serial string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	return g.merchant.platform.change(serial, func(i int) { g.merchant.platform.signing = g.merchant.platform.keys[i].id })
}

// WithdrawCertificate removes a certificate before it expires: it is not listed any more and
// signs nothing. Without any certificate, GET /v3/certificates answers 404, and the public
// key signs, as for a merchant without certificates.
func (g *Gateway) WithdrawCertificate(serial string) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	return g.merchant.platform.change(serial, func(i int) { g.merchant.platform.keys = slices.Delete(g.merchant.platform.keys, i, i+1) })
}

func (p *platformKeys) change(serial string, change func(i int)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, k := range p.keys {
		if k.cert != nil && signer.SameID(k.id, serial) {
			change(i)
			return nil
		}
	}
	return fmt.Errorf("sandbox: unknown certificate %q", serial)
}

// SwitchToPublicKey signs the given percentage of webhooks with the public key and the others
// with the certificate, as WeChat Pay does during a merchant's migration. Replies are always
// signed with the key in the Wechatpay-Serial of the request.
func (g *Gateway) SwitchToPublicKey(percent int) error {
	if err := g.checkMade(); err != nil {
		return err
	}
	if percent < 0 || percent > 100 {
		return errors.New("sandbox: percent is out of range; use 0 to 100")
	}
	g.merchant.platform.mu.Lock()
	defer g.merchant.platform.mu.Unlock()
	g.merchant.platform.percent = percent
	return nil
}
