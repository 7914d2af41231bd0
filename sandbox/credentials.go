package sandbox

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/ledger"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Credentials are the keys of the merchant and of the brand, and the platform's public keys, at
// the start of a gateway. They are valid for one [Gateway] only.
type Credentials struct {
	MchID       string
	Serial      string          // of the merchant's certificate
	PrivateKey  *rsa.PrivateKey `json:"-"`
	Certificate *x509.Certificate
	APIv3Key    cipher.Secret `json:"-"`
	APIv2Key    cipher.Secret `json:"-"`

	RootCA *x509.Certificate // issued the certificate of [Gateway.StartTLS]; for a client's tls.Config.RootCAs

	PlatformSerial      string
	PlatformCertificate *x509.Certificate
	PublicKeyID         string // PUB_KEY_ID_…
	PublicKey           *rsa.PublicKey

	Brand BrandCredentials
}

// BrandCredentials are the keys of a brand, which has none in common with the merchant.
type BrandCredentials struct {
	BrandID     string
	Serial      string          // of the brand's certificate
	PrivateKey  *rsa.PrivateKey `json:"-"`
	Certificate *x509.Certificate
	APIv3Key    cipher.Secret `json:"-"` // decrypts webhooks

	PublicKeyID string // PUB_KEY_ID_…, of WeChat Pay's public key
	PublicKey   *rsa.PublicKey
}

// PlatformKeys returns the public key that the gateway signs with.
func (c BrandCredentials) PlatformKeys() keys.Set {
	if c.PublicKey == nil {
		return keys.Set{}
	}
	return keys.Set{c.PublicKeyID: c.PublicKey}
}

// PlatformKeys returns the keys that the gateway signs with: the platform certificate and
// the public key.
func (c Credentials) PlatformKeys() keys.Set {
	held := keys.Set{}
	if c.PlatformCertificate != nil {
		held[signer.Serial(c.PlatformCertificate)] = c.PlatformCertificate
	}
	if c.PublicKey != nil {
		held[c.PublicKeyID] = c.PublicKey
	}
	return held
}

// issue sets the accounts and credentials of a new gateway.
func (g *Gateway) issue(cfg Config) (err error) {
	pairs := cfg.Keys
	if pairs == nil {
		if pairs, err = NewKeys(); err != nil {
			return err
		}
	}
	if err := pairs.validate(); err != nil {
		return err
	}
	if err := g.issueMerchant(cfg, pairs); err != nil {
		return err
	}
	if balance := cmp.Or(cfg.Balance, DefaultBalance); balance > 0 {
		deposit := ledger.Entry{At: g.clock.wall(), Kind: "deposit", From: ledger.World, To: ledger.Merchant(g.merchant.id), Amount: balance}
		if err := g.parts.ledger.Post(deposit); err != nil {
			return err
		}
	}
	return g.issueBrand(cfg, pairs)
}

func (g *Gateway) issueMerchant(cfg Config, pairs *Keys) (err error) {
	c := Credentials{MchID: cmp.Or(cfg.MchID, "1900000109"), PrivateKey: pairs.Merchant}
	if c.APIv3Key, err = chosen("APIv3Key", cfg.APIv3Key); err != nil {
		return err
	}
	if c.APIv2Key, err = chosen("APIv2Key", cfg.APIv2Key); err != nil {
		return err
	}
	if g.authority, err = newAuthority(g.clock.wall()); err != nil {
		return err
	}
	c.RootCA = g.authority.cert
	if c.Certificate, err = selfSigned(pairs.Merchant, c.MchID, g.clock.wall(), fiveYears); err != nil {
		return err
	}
	certificate, err := g.certified(pairs.Platform, fiveYears)
	if err != nil {
		return err
	}
	public, err := g.bare(pairs.Public, c.MchID)
	if err != nil {
		return err
	}
	c.Serial = signer.Serial(c.Certificate)
	c.PlatformCertificate, c.PlatformSerial = certificate.cert, certificate.id
	c.PublicKey, c.PublicKeyID = &pairs.Public.PublicKey, public.id
	g.credentials = c
	g.merchant.platform.signing, g.merchant.apiV2Key = c.PlatformSerial, c.APIv2Key
	return g.merchant.set(c.MchID, c.Serial, signer.RSA, c.PrivateKey, c.APIv3Key, public, certificate)
}

func (g *Gateway) issueBrand(cfg Config, pairs *Keys) (err error) {
	c := BrandCredentials{BrandID: cmp.Or(cfg.BrandID, "120344"), PrivateKey: pairs.Brand, APIv3Key: newKey()}
	if c.Certificate, err = selfSigned(pairs.Brand, c.BrandID+" brand sandbox", g.clock.wall(), fiveYears); err != nil {
		return err
	}
	public, err := g.bare(pairs.BrandPublic, c.BrandID)
	if err != nil {
		return err
	}
	c.Serial = signer.Serial(c.Certificate)
	c.PublicKey, c.PublicKeyID = &pairs.BrandPublic.PublicKey, public.id
	g.credentials.Brand = c
	return g.brand.set(c.BrandID, c.Serial, signer.Brand, c.PrivateKey, c.APIv3Key, public)
}

// chosen returns a key of [Config], or a random one where there is none.
func chosen(name string, key cipher.Secret) (cipher.Secret, error) {
	if key.IsZero() {
		return newKey(), nil
	}
	if n := key.Len(); n != cipher.KeySize {
		return key, fmt.Errorf("Config.%s has %d bytes; it must have %d", name, n, cipher.KeySize)
	}
	return key, nil
}

func newKey() cipher.Secret {
	return cipher.NewSecret((rand.Text() + rand.Text())[:cipher.KeySize])
}

// bare returns a public key of WeChat Pay for a caller, without a certificate.
func (g *Gateway) bare(key *rsa.PrivateKey, callerID string) (platformKey, error) {
	id := fmt.Sprintf("%s%010s%s%08d", signer.PublicKeyIDPrefix, callerID, g.clock.wall().Format("20060102"), publicKeys.Add(1))
	sign, err := g.signerOf(key)
	return platformKey{id: id, key: key, signer: sign}, err
}

// certified returns a key with a new platform certificate.
func (g *Gateway) certified(key *rsa.PrivateKey, validFor time.Duration) (platformKey, error) {
	cert, err := selfSigned(key, "WeChat Pay platform sandbox", g.clock.wall(), validFor)
	if err != nil {
		return platformKey{}, err
	}
	sign, err := g.signerOf(key)
	return platformKey{id: signer.Serial(cert), key: key, signer: sign, cert: cert}, err
}

// Keys are the RSA key pairs of a gateway.
type Keys struct {
	Merchant *rsa.PrivateKey `json:"-"` // signs requests and decrypts sensitive fields of replies
	Platform *rsa.PrivateKey `json:"-"` // of the platform certificate
	Public   *rsa.PrivateKey `json:"-"` // of WeChat Pay's public key for the merchant

	Brand       *rsa.PrivateKey `json:"-"` // signs the requests of the brand
	BrandPublic *rsa.PrivateKey `json:"-"` // of WeChat Pay's public key for the brand
}

func (k *Keys) all() []**rsa.PrivateKey {
	return []**rsa.PrivateKey{&k.Merchant, &k.Platform, &k.Public, &k.Brand, &k.BrandPublic}
}

// NewKeys generates five key pairs of 2048 bits.
func NewKeys() (*Keys, error) {
	var (
		group sync.WaitGroup
		keys  Keys
		all   = keys.all()
		errs  = make([]error, len(all))
	)
	for i, key := range all {
		group.Go(func() { *key, errs[i] = rsa.GenerateKey(rand.Reader, 2048) })
	}
	group.Wait()
	return &keys, errors.Join(errs...)
}

func (k *Keys) validate() error {
	for _, key := range k.all() {
		if *key == nil {
			return errors.New("Config.Keys lacks a key pair; set all five, or use NewKeys")
		}
	}
	return nil
}

// publicKeys counts the public keys of this process, for different ids. It begins anywhere: a
// gateway that is opened was made by another process.
var publicKeys = func() *atomic.Int64 {
	var first [3]byte
	_, _ = rand.Read(first[:]) // never fails
	var count atomic.Int64
	count.Store(int64(first[0])<<16 | int64(first[1])<<8 | int64(first[2]))
	return &count
}()

const fiveYears = 5 * 365 * 24 * time.Hour // as WeChat Pay's certificates are valid

// selfSigned issues a certificate with a serial of 20 bytes, as WeChat Pay's.
func selfSigned(key *rsa.PrivateKey, name string, now time.Time, validFor time.Duration) (*x509.Certificate, error) {
	serial := make([]byte, 20)
	_, _ = rand.Read(serial)          // never fails
	serial[0] = serial[0]&0x7f | 1<<6 // positive and of full length
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now,
		NotAfter:     now.Add(validFor),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
