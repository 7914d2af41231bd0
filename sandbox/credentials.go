package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Credentials are a merchant's, with the platform's public halves beside them, as
// they are at start. They are good for one Gateway and for nothing else.
type Credentials struct {
	MchID       string
	Serial      string // of the merchant's certificate
	PrivateKey  *rsa.PrivateKey
	Certificate *x509.Certificate
	APIv3Key    string

	PlatformSerial      string
	PlatformCertificate *x509.Certificate
	PublicKeyID         string // PUB_KEY_ID_…
	PublicKey           *rsa.PublicKey
}

// PlatformKeys are all keys that the gateway signs with: the platform
// certificate and the public key.
func (c Credentials) PlatformKeys() keys.Set {
	keys := keys.CertificateSet(c.PlatformCertificate)
	keys[c.PublicKeyID] = c.PublicKey
	return keys
}

// Format prints the ids alone, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "sandbox.Credentials{MchID: %q, Serial: %q, PlatformSerial: %q, PublicKeyID: %q}",
		c.MchID, c.Serial, c.PlatformSerial, c.PublicKeyID)
}

func newCredentials(cfg Config, now time.Time) (Credentials, []platformKey, error) {
	c := Credentials{MchID: cfg.MchID, APIv3Key: cfg.APIv3Key}
	if c.MchID == "" {
		c.MchID = "1900000109"
	}
	if c.APIv3Key == "" {
		c.APIv3Key = (rand.Text() + rand.Text())[:cipher.KeySize]
	}
	if n := len(c.APIv3Key); n != cipher.KeySize {
		return c, nil, fmt.Errorf("Config.APIv3Key has %d bytes; it must have %d", n, cipher.KeySize)
	}
	merchant, platform, public, err := threeKeys()
	if err != nil {
		return c, nil, err
	}
	c.PrivateKey = merchant
	if c.Certificate, err = selfSigned(merchant, c.MchID+" merchant sandbox", now, fiveYears); err != nil {
		return c, nil, err
	}
	certificate, err := certified(platform, now, fiveYears)
	if err != nil {
		return c, nil, err
	}
	c.PlatformCertificate = certificate.cert
	c.Serial, c.PlatformSerial = signer.Serial(c.Certificate), certificate.id
	c.PublicKey = &public.PublicKey
	c.PublicKeyID = fmt.Sprintf("%s%010s%s%08d", signer.PublicKeyIDPrefix, c.MchID, now.Format("20060102"), 1)
	bare := platformKey{id: c.PublicKeyID, key: public}
	bare.signer, err = signer.New(public)
	return c, []platformKey{bare, certificate}, err
}

// certified is a key with a platform certificate of its own.
func certified(key *rsa.PrivateKey, now time.Time, validFor time.Duration) (platformKey, error) {
	cert, err := selfSigned(key, "WeChat Pay platform sandbox", now, validFor)
	if err != nil {
		return platformKey{}, err
	}
	sign, err := signer.New(key)
	return platformKey{id: signer.Serial(cert), key: key, signer: sign, cert: cert}, err
}

func threeKeys() (a, b, c *rsa.PrivateKey, err error) {
	var (
		group sync.WaitGroup
		keys  [3]*rsa.PrivateKey
		errs  [3]error
	)
	for i := range keys {
		group.Go(func() { keys[i], errs[i] = rsa.GenerateKey(rand.Reader, 2048) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return keys[0], keys[1], keys[2], nil
}

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
