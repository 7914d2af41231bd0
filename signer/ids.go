package signer

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

const (
	// maxSerial is the length of a serial number in hex: 20 bytes (RFC 5280, 4.1.2.2).
	maxSerial = 40
	// maxDecimal is its length in decimal. Longer numbers are not converted: whoever forges
	// webhooks could send a million digits.
	maxDecimal = 49
)

const hexDigits = "0123456789ABCDEFabcdef"

// CheckSerial returns nil if serial can be the serial number of a certificate: 1 to 40 hex
// digits, not counting leading zeros. A serial number in decimal has more digits as a rule:
// its error states it in hex.
func CheckSerial(serial string) error {
	digits := strings.TrimLeft(serial, "0")
	switch {
	case !isHex(serial):
		return fmt.Errorf("has %d characters, and not all are hex digits; write the serial number without colons, spaces or a prefix", utf8.RuneCountInString(serial)) // it may be a secret
	case digits == "":
		return errors.New("is empty or zero; it must be the serial number of a certificate in hex")
	case len(digits) <= maxSerial:
		return nil
	}
	if n, ok := decimal(digits); ok && n.BitLen() <= maxSerial*4 {
		return fmt.Errorf("%s is a serial number in decimal; write it in hex: %X", errtext.QuotedID(serial), n.Bytes())
	}
	return fmt.Errorf("has %d digits; the serial number of a certificate has at most %d in hex", len(digits), maxSerial)
}

func isHex(s string) bool { return strings.Trim(s, hexDigits) == "" }

func decimal(digits string) (*big.Int, bool) {
	if len(digits) > maxDecimal {
		return nil, false
	}
	return new(big.Int).SetString(digits, 10)
}

// CanonicalID returns the one spelling of all key ids that [SameID] takes for the same, to
// use it as the key of a map: a serial in upper case without leading zeros, and any other id
// as it is.
func CanonicalID(id string) string {
	if !isHex(id) {
		return id
	}
	return strings.ToUpper(strings.TrimLeft(id, "0"))
}

// CheckKeyID returns nil if WeChat Pay could name a key so: by the serial number of a
// platform certificate, or by a public key id.
func CheckKeyID(id string) error {
	if rest, ok := strings.CutPrefix(id, PublicKeyIDPrefix); ok && rest != "" && strings.IndexFunc(rest, notOfPublicKeyID) < 0 {
		return nil
	}
	err := CheckSerial(id)
	if id == "" || err != nil && !isHex(id) {
		return errors.New("cannot be a key id of WeChat Pay; it must be the serial number of a platform certificate in hex, or PUB_KEY_ID_…")
	}
	return err
}

func notOfPublicKeyID(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '_' && r != '-'
}

// keyLength is that of the API keys, one of which may have been taken for an id. It would be sent.
const keyLength = 32

// CheckCallerID returns nil if id can be an mchid or a brand_id: neither empty, nor of the length
// of an API key, nor with a character that would break the Authorization header. No error has the
// id, which may be a secret at the wrong place.
func CheckCallerID(id string) error {
	if id == "" {
		return errors.New("is missing; it is the merchant id, such as 1900000109")
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == ',' {
			return fmt.Errorf("has %d characters, and a space or another invalid one among them; an id is a number, such as 1900000109", utf8.RuneCountInString(id))
		}
	}
	if len(id) == keyLength {
		return fmt.Errorf("has %d characters, as an API key has; an id is a number, such as 1900000109", keyLength)
	}
	return nil
}
