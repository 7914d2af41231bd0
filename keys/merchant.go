package keys

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var (
	_ crypto.Signer    = (*Merchant)(nil)
	_ crypto.Decrypter = (*Merchant)(nil)
)

// A Merchant is the merchant's API certificate with its private key. It is the PrivateKey of
// a client's Config, which then needs neither Serial nor MchID and refuses wrong ones. Load
// one with [LoadMerchant]. It is safe for concurrent use and prints without the key.
type Merchant struct {
	cert   *x509.Certificate
	key    func() *rsa.PrivateKey // a function, so that no verb prints the key
	signer func() crypto.Signer   // in place of the key; nil for the key itself
}

// LoadMerchant loads the certificate and the private key that belongs to it, from
// apiclient_cert.p12 or from apiclient_cert.pem and apiclient_key.pem, in any order.
//
// Errors: those of [LoadPrivateKey] and [LoadCertificate], and [ErrKeyKind] if the key and
// the certificate do not belong together.
func LoadMerchant(sources ...Source) (*Merchant, error) {
	var private []*rsa.PrivateKey
	var certs []*x509.Certificate
	var names []string
	for _, s := range sources {
		found, err := s.parse()
		if err != nil {
			return nil, err
		}
		names = append(names, s.name)
		for _, item := range found {
			switch item := item.(type) {
			case *rsa.PrivateKey:
				private = append(private, item)
			case *x509.Certificate:
				certs = append(certs, item)
			}
		}
	}
	all := Source{name: strings.Join(names, " and ")}
	switch {
	case len(sources) == 0:
		return nil, errors.New("keys: LoadMerchant has no Source; give it apiclient_cert.p12, or apiclient_cert.pem and apiclient_key.pem")
	case len(private) == 0:
		return nil, all.errorf(ErrKeyKind, "the private key is missing; add apiclient_key.pem")
	case len(certs) == 0:
		return nil, all.errorf(ErrKeyKind, "the certificate is missing; add apiclient_cert.pem")
	}
	for _, cert := range certs {
		for _, key := range private {
			if key.PublicKey.Equal(cert.PublicKey) {
				return &Merchant{cert: cert, key: func() *rsa.PrivateKey { return key }}, all.checkExpiry(cert)
			}
		}
	}
	return nil, all.errorf(ErrKeyKind, "the private key does not belong to certificate %s; use the files of one download", signer.Serial(certs[0]))
}

// SignedBy returns a Merchant whose signatures the result of accelerate makes, which is called with the
// private key, an [*rsa.PrivateKey]: m.SignedBy(accel.Signer). It returns the error of
// accelerate, and one if its result is for another key.
func (m *Merchant) SignedBy(accelerate func(crypto.Signer) (crypto.Signer, error)) (*Merchant, error) {
	switch {
	case m.Certificate() == nil:
		return nil, errZeroMerchant
	case accelerate == nil:
		return nil, errors.New("keys: SignedBy has no function; pass accel.Signer")
	}
	made, err := accelerate(m.key())
	if err != nil {
		return nil, err
	}
	if nilcheck.IsNil(made) || !m.key().PublicKey.Equal(made.Public()) {
		return nil, errors.New("keys: SignedBy was given a signer of another key than the certificate's")
	}
	return &Merchant{cert: m.cert, key: m.key, signer: func() crypto.Signer { return made }}, nil
}

var errZeroMerchant = errors.New("keys: the Merchant is a zero value; load one with LoadMerchant")

// Certificate returns the certificate, or nil for a nil or zero Merchant.
func (m *Merchant) Certificate() *x509.Certificate {
	if m == nil {
		return nil
	}
	return m.cert
}

// TLSCertificate returns the certificate with its key for mutual TLS, which APIv2 asks for. It
// is zero for a nil or zero Merchant.
func (m *Merchant) TLSCertificate() tls.Certificate {
	if m.Certificate() == nil {
		return tls.Certificate{}
	}
	return tls.Certificate{Certificate: [][]byte{m.cert.Raw}, PrivateKey: m.key(), Leaf: m.cert}
}

// Serial returns the [signer.Serial] of the certificate.
func (m *Merchant) Serial() string {
	if m.Certificate() == nil {
		return ""
	}
	return signer.Serial(m.cert)
}

// MchID returns the merchant id that the certificate is issued to: its common name, if
// that is a number, otherwise "".
func (m *Merchant) MchID() string {
	if m.Certificate() == nil || strings.Trim(m.cert.Subject.CommonName, "0123456789") != "" {
		return ""
	}
	return m.cert.Subject.CommonName
}

// Check returns an error if mchid or serial is not that of the certificate, or if the
// certificate is not valid at the time now.
func (m *Merchant) Check(mchid, serial string, now time.Time) error {
	cert := m.Certificate()
	switch {
	case cert == nil:
		return errors.New("the Merchant is a zero value; load one with LoadMerchant")
	case !signer.SameID(serial, m.Serial()):
		return fmt.Errorf("belongs to the certificate with the serial number %s, not %s", m.Serial(), errtext.QuotedID(serial))
	case m.MchID() != "" && mchid != m.MchID():
		return fmt.Errorf("belongs to the certificate of merchant %s, not %s", m.MchID(), errtext.QuotedID(mchid))
	}
	switch problem, ended := validity(cert, now); {
	case ended:
		return fmt.Errorf("%w: %s; renew it in the merchant console", signer.ErrExpired, problem)
	case problem != "":
		return fmt.Errorf("is not valid yet: %s; check the clock", problem)
	}
	return nil
}

// String returns the merchant id and the serial number.
func (m *Merchant) String() string {
	return fmt.Sprintf("keys.Merchant(mchid %s, serial %s)", m.MchID(), m.Serial())
}

// Public implements [crypto.Signer]. It returns nil for a nil or zero Merchant.
func (m *Merchant) Public() crypto.PublicKey {
	if m.Certificate() == nil {
		return nil
	}
	return m.cert.PublicKey
}

// Sign implements [crypto.Signer].
func (m *Merchant) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if m.Certificate() == nil {
		return nil, errZeroMerchant
	}
	if m.signer != nil {
		return m.signer().Sign(random, digest, opts)
	}
	return m.key().Sign(random, digest, opts)
}

// Decrypt implements [crypto.Decrypter].
func (m *Merchant) Decrypt(random io.Reader, message []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if m.Certificate() == nil {
		return nil, errZeroMerchant
	}
	return m.key().Decrypt(random, message, opts)
}
