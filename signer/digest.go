package signer

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // a digest of APIv2
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Digest is how a request of APIv2 is signed, as sign_type names it. The zero value is MD5, as
// is a request without a sign_type.
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011985891
type Digest string

// The digests of APIv2. The message of HMACSHA256 ends in the key too, as MD5's does.
const (
	MD5        Digest = "MD5"
	HMACSHA256 Digest = "HMAC-SHA256"
)

// A Param is one value that is signed by a [Digest].
type Param struct{ Name, Value string }

// Check returns an error for a digest that APIv2 does not know; the names are case-sensitive.
func (d Digest) Check() error {
	if d == "" || d == MD5 || d == HMACSHA256 {
		return nil
	}
	return fmt.Errorf("sign_type %.20q is unknown; use %s or %s, in this case", string(d), MD5, HMACSHA256)
}

// DigestMessage returns what is signed, without the key at its end: name=value of all params
// that are not empty, but sign, sorted by the bytes of their names, and joined by &.
func DigestMessage(params []Param) string { return string(appendMessage(nil, params)) }

func appendMessage(message []byte, params []Param) []byte {
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	size := 0
	for _, p := range sorted {
		size += len(p.Name) + len(p.Value) + 2
	}
	message = slices.Grow(message, size+len("key=")+64)
	for _, p := range sorted {
		if p.Value == "" || p.Name == "sign" {
			continue
		}
		message = append(message, p.Name...)
		message = append(message, '=')
		message = append(message, p.Value...)
		message = append(message, '&')
	}
	if len(message) > 0 {
		message = message[:len(message)-1]
	}
	return message
}

// Sign returns the sign of params, in upper-case hex. The key is the APIv2 key. It panics for
// a digest that Check refuses.
func (d Digest) Sign(params []Param, key string) string {
	message := append(appendMessage(nil, params), "&key="...)
	message = append(message, key...)
	defer clear(message) // it has the key
	var sum []byte
	switch d {
	case MD5, "":
		digest := md5.Sum(message) //nolint:gosec // as APIv2 documents it
		sum = digest[:]
	case HMACSHA256:
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(message)
		sum = mac.Sum(nil)
	default:
		panic(d.Check())
	}
	text := make([]byte, hex.EncodedLen(len(sum)))
	hex.Encode(text, sum)
	for i, c := range text {
		if c >= 'a' {
			text[i] = c - 'a' + 'A'
		}
	}
	return string(text)
}

// DigestOf returns the digest that made a sign. Its length tells it, as replies and
// notifications do not name it. The error wraps [ErrSignature].
func DigestOf(sign string) (Digest, error) {
	switch len(sign) {
	case 0:
		return "", fmt.Errorf("%w: it has no sign", ErrSignature)
	case 2 * md5.Size:
		return MD5, nil
	case 2 * sha256.Size:
		return HMACSHA256, nil
	}
	return "", fmt.Errorf("%w: sign has %d characters, which no digest has", ErrSignature, len(sign))
}

// VerifyDigest verifies the sign of params, in constant time, with the digest that made it.
// The error wraps [ErrSignature].
func VerifyDigest(params []Param, sign, key string) error {
	d, err := DigestOf(sign)
	if err != nil {
		return err
	}
	if key == "" {
		return errors.New("the APIv2 key is empty")
	}
	if subtle.ConstantTimeCompare([]byte(d.Sign(params, key)), []byte(sign)) != 1 {
		return fmt.Errorf("%w: sign (%s) does not match; is the APIv2 key the one in the merchant console?", ErrSignature, d)
	}
	return nil
}
