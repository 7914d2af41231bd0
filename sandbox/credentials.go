package sandbox

import (
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
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Credentials are the merchant's keys and the platform's public keys at the start of a
// gateway. They are valid for one [Gateway] only.
type Credentials struct {
	MchID       string
	Serial      string          // of the merchant's certificate
	PrivateKey  *rsa.PrivateKey `json:"-"`
	Certificate *x509.Certificate
	APIv3Key    cipher.Secret `json:"-"`

	PlatformSerial      string
	PlatformCertificate *x509.Certificate
	PublicKeyID         string // PUB_KEY_ID_…
	PublicKey           *rsa.PublicKey
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

func newCredentials(cfg Config, now time.Time) (Credentials, []platformKey, error) {
	c := Credentials{MchID: cfg.MchID, APIv3Key: cfg.APIv3Key}
	if c.MchID == "" {
		c.MchID = "1900000109"
	}
	if c.APIv3Key.IsZero() {
		c.APIv3Key = cipher.NewSecret((rand.Text() + rand.Text())[:cipher.KeySize])
	}
	if n := c.APIv3Key.Len(); n != cipher.KeySize {
		return c, nil, fmt.Errorf("Config.APIv3Key has %d bytes; it must have %d", n, cipher.KeySize)
	}
	pairs := cfg.Keys
	if pairs == nil {
		var err error
		if pairs, err = NewKeys(); err != nil {
			return c, nil, err
		}
	}
	if err := pairs.validate(); err != nil {
		return c, nil, err
	}
	c.PrivateKey = pairs.Merchant
	var err error
	if c.Certificate, err = selfSigned(pairs.Merchant, c.MchID+" merchant sandbox", now, fiveYears); err != nil {
		return c, nil, err
	}
	certificate, err := certified(pairs.Platform, now, fiveYears)
	if err != nil {
		return c, nil, err
	}
	c.PlatformCertificate = certificate.cert
	c.Serial, c.PlatformSerial = signer.Serial(c.Certificate), certificate.id
	c.PublicKey = &pairs.Public.PublicKey
	c.PublicKeyID = fmt.Sprintf("%s%010s%s%08d", signer.PublicKeyIDPrefix, c.MchID, now.Format("20060102"), gateways.Add(1))
	bare := platformKey{id: c.PublicKeyID, key: pairs.Public}
	bare.signer, err = signer.New(pairs.Public)
	return c, []platformKey{bare, certificate}, err
}

// certified returns a key with a new platform certificate.
func certified(key *rsa.PrivateKey, now time.Time, validFor time.Duration) (platformKey, error) {
	cert, err := selfSigned(key, "WeChat Pay platform sandbox", now, validFor)
	if err != nil {
		return platformKey{}, err
	}
	sign, err := signer.New(key)
	return platformKey{id: signer.Serial(cert), key: key, signer: sign, cert: cert}, err
}

// Keys are the RSA key pairs of a gateway.
type Keys struct {
	Merchant *rsa.PrivateKey `json:"-"` // signs requests and decrypts sensitive fields of replies
	Platform *rsa.PrivateKey `json:"-"` // of the platform certificate
	Public   *rsa.PrivateKey `json:"-"` // of WeChat Pay's public key
}

// NewKeys generates three key pairs of 2048 bits.
func NewKeys() (*Keys, error) {
	var (
		group sync.WaitGroup
		keys  Keys
		errs  [3]error
	)
	for i, key := range []**rsa.PrivateKey{&keys.Merchant, &keys.Platform, &keys.Public} {
		group.Go(func() { *key, errs[i] = rsa.GenerateKey(rand.Reader, 2048) })
	}
	group.Wait()
	return &keys, errors.Join(errs[:]...)
}

func (k *Keys) validate() error {
	if k.Merchant == nil || k.Platform == nil || k.Public == nil {
		return errors.New("Config.Keys lacks a key pair; set Merchant, Platform and Public, or use NewKeys")
	}
	return nil
}

// gateways counts the gateways of this process, for different public key ids.
var gateways atomic.Int64

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
