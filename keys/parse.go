package keys

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

// parse yields all keys and certificates of the source, at least one. What each
// part is shows in its DER alone: PEM labels are often wrong.
func (s Source) parse() ([]any, error) {
	ders, err := s.ders()
	if err != nil {
		return nil, err
	}
	var found []any
	for _, der := range ders {
		items, err := s.parseDER(der)
		if err != nil {
			return nil, err
		}
		found = append(found, items...)
	}
	if len(found) == 0 {
		return nil, s.errorf(ErrNoKey, "expected PEM, DER, base64 or PKCS#12")
	}
	return found, nil
}

// parsers are tried in turn; each refuses the structures of the others.
var parsers = []func(der []byte) (any, error){
	x509.ParsePKCS8PrivateKey,
	func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
	x509.ParsePKIXPublicKey,
	func(der []byte) (any, error) { return x509.ParsePKCS1PublicKey(der) },
	func(der []byte) (any, error) { return x509.ParseCertificate(der) },
	func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
}

func (s Source) parseDER(der []byte) ([]any, error) {
	for _, parse := range parsers {
		if item, err := parse(der); err == nil {
			return []any{item}, nil
		}
	}
	if costly(der, 0) {
		return nil, s.errorf(ErrNoKey, "its encryption demands an unreasonable amount of work; encrypt it anew with openssl's defaults")
	}
	switch {
	case isEncryptedPKCS8(der):
		key, err := guard(func() (any, error) {
			key, _, err := pkcs8.ParsePrivateKey(der, []byte(s.secret()))
			return key, err
		})
		if err != nil {
			return nil, s.passwordError("the encrypted private key", err)
		}
		return []any{key}, nil
	case isPKCS12(der):
		items, err := guard(func() ([]any, error) {
			key, cert, _, err := pkcs12.DecodeChain(der, s.secret())
			return []any{key, cert}, err
		})
		if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
			return nil, s.passwordError("the PKCS#12 bundle (that of apiclient_cert.p12 is the merchant id)", err)
		}
		if err != nil {
			return nil, fmt.Errorf("keys: %s: %w: PKCS#12: %w", s.name, ErrNoKey, err)
		}
		return items, nil
	}
	return nil, nil
}

func (s Source) secret() string {
	if s.password == nil {
		return ""
	}
	return s.password()
}

func (s Source) passwordError(what string, err error) error {
	state := "is wrong"
	if s.secret() == "" {
		state = "is missing: use WithPassword"
	}
	return fmt.Errorf("keys: %s: %w: the pass phrase of %s %s (%w)", s.name, ErrPassword, what, state, err)
}

// guard turns a panic of a decoder that was fed a damaged file into an error.
func guard[T any](decode func() (T, error)) (decoded T, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("damaged data")
		}
	}()
	return decode()
}

// isEncryptedPKCS8 tells EncryptedPrivateKeyInfo (RFC 5958) by its shape.
func isEncryptedPKCS8(der []byte) bool {
	var shape struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue
		}
		Data []byte
	}
	_, err := asn1.Unmarshal(der, &shape)
	return err == nil
}

// isPKCS12 tells a PFX (RFC 7292) by its shape: version 3 and a sequence.
func isPKCS12(der []byte) bool {
	var shape struct {
		Version int
		Content asn1.RawValue
		MAC     asn1.RawValue `asn1:"optional"`
	}
	_, err := asn1.Unmarshal(der, &shape)
	return err == nil && shape.Version == 3 && shape.Content.Tag == asn1.TagSequence
}

// maxWork bounds what deriving a key from a pass phrase may cost: a damaged
// count of iterations would keep the loader busy for hours.
const maxWork = 1 << 24

// costly looks for the parameters of a derivation wherever they stand: a salt
// followed by integers (PBKDF2, scrypt and PKCS#12 alike), and tells whether the
// product of these is more than is reasonable.
func costly(der []byte, depth int) bool {
	const deepest = 16
	work, salted := int64(1), false
	for depth < deepest && len(der) > 0 {
		var item asn1.RawValue
		rest, err := asn1.Unmarshal(der, &item)
		if err != nil {
			return false
		}
		der = rest
		var count int64
		switch {
		case item.Class == asn1.ClassUniversal && item.Tag == asn1.TagInteger && salted:
			if _, err := asn1.Unmarshal(item.FullBytes, &count); err != nil || count > maxWork {
				return true
			}
			if work *= max(count, 1); work > maxWork {
				return true
			}
		case item.IsCompound || item.Tag == asn1.TagOctetString:
			if costly(item.Bytes, depth+1) {
				return true
			}
		}
		salted = salted || item.Class == asn1.ClassUniversal && item.Tag == asn1.TagOctetString
	}
	return false
}
