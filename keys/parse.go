package keys

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

// parse returns all keys and certificates of the source, at least one. The DER decides
// what each part is: PEM labels are often wrong.
func (s Source) parse() ([]any, error) {
	if s.open == nil {
		return nil, errors.New("keys: the Source is a zero value; use File, FS, Bytes or Text")
	}
	data, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("keys: reading %s: %w", s.name, err)
	}
	found, err := s.search(data, 0)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, s.errorf(ErrNoKey, "%s", describe(data))
	}
	return found, nil
}

// search returns the keys and certificates in data: as DER, or in the blocks of a text, or
// in what its base64 encodes.
func (s Source) search(data []byte, depth int) ([]any, error) {
	if len(data) == 0 || depth > maxNesting {
		return nil, nil
	}
	var der asn1.RawValue
	if rest, err := asn1.Unmarshal(data, &der); err == nil && der.Tag == asn1.TagSequence && len(bytes.TrimSpace(rest)) == 0 {
		if found, err := s.parseDER(der.FullBytes); found != nil || err != nil {
			return found, err
		}
	}
	for _, text := range unescaped(plainText(data)) {
		if strings.Contains(text, "Proc-Type:") && strings.Contains(text, "ENCRYPTED") {
			return nil, s.errorf(ErrNoKey, "its encryption with PEM headers is not supported; convert it with: openssl pkcs8 -topk8 -in %s", s.name)
		}
		found, err := s.searchText(text, depth)
		if found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

func (s Source) searchText(text string, depth int) (found []any, err error) {
	blocks := blocksOf(text)
	for _, b := range blocks {
		for _, der := range decodings(b.body) {
			items, err := s.parseDER(der)
			if err != nil {
				return nil, err
			}
			if items != nil {
				found = append(found, items...)
				break
			}
		}
	}
	if blocks != nil {
		return found, nil
	}
	if _, data, ok := strings.Cut(text, ";base64,"); ok { // a data URL
		text = data
	}
	bodies := []string{text}
	if part := token.FindString(text); part != "" && part != text { // behind a name, such as KEY=
		bodies = append(bodies, part)
	}
	for _, body := range bodies {
		for _, der := range decodings(body) {
			if !plausible(der) {
				continue
			}
			if items, err := s.search(der, depth+1); items != nil || err != nil {
				return items, err
			}
		}
	}
	return nil, nil
}

// plausible reports whether decoded data can be DER or a text. Other data is not searched,
// which bounds the work.
func plausible(data []byte) bool {
	return data[0] == 0x30 || bytes.IndexFunc(data, func(r rune) bool { return r < '\t' || r == utf8.RuneError }) < 0
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
		return nil, s.errorf(ErrNoKey, "its key derivation takes too many iterations; encrypt it again with the defaults of openssl")
	}
	switch {
	case isEncryptedPKCS8(der):
		key, err := guard(func() (any, error) {
			key, _, err := pkcs8.ParsePrivateKey(der, []byte(s.password.Reveal()))
			return key, err
		})
		if err != nil {
			return nil, s.passwordError("the encrypted private key", err)
		}
		return []any{key}, nil
	case isPKCS12(der):
		items, err := guard(func() ([]any, error) {
			key, cert, _, err := pkcs12.DecodeChain(der, s.password.Reveal())
			return []any{key, cert}, err
		})
		if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
			return nil, s.passwordError("the PKCS#12 bundle (the mchid, for apiclient_cert.p12)", err)
		}
		if err != nil {
			return nil, fmt.Errorf("keys: %s: %w: PKCS#12: %w", s.name, ErrNoKey, err)
		}
		return items, nil
	}
	return nil, nil
}

func (s Source) passwordError(what string, err error) error {
	if s.password.IsZero() { // the cause is a decoding error of the wrong plaintext
		return s.errorf(ErrPassword, "the pass phrase of %s is missing; set it with WithPassword", what)
	}
	return fmt.Errorf("keys: %s: %w: the pass phrase of %s is wrong; check WithPassword (%w)", s.name, ErrPassword, what, err)
}

// guard returns an error for a decoder that panics on damaged data.
func guard[T any](decode func() (T, error)) (decoded T, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("damaged data")
		}
	}()
	return decode()
}

// isEncryptedPKCS8 reports whether der has the structure of EncryptedPrivateKeyInfo (RFC
// 5958).
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

// isPKCS12 reports whether der has the structure of a PFX (RFC 7292): version 3 and a
// sequence.
func isPKCS12(der []byte) bool {
	var shape struct {
		Version int
		Content asn1.RawValue
		MAC     asn1.RawValue `asn1:"optional"`
	}
	_, err := asn1.Unmarshal(der, &shape)
	return err == nil && shape.Version == 3 && shape.Content.Tag == asn1.TagSequence
}

// maxWork bounds the iterations that derive a key from a pass phrase: a damaged count
// would take hours.
const maxWork = 1 << 24

// costly searches der for the parameters of a key derivation: a salt followed by integers
// (PBKDF2, scrypt and PKCS#12). It reports whether their product exceeds maxWork.
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
