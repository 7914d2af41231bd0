package cipher

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
)

// GCMName is WeChat Pay's name of AES-256-GCM in its messages.
const GCMName = "AEAD_AES_256_GCM"

// KeySize is the length of an APIv3 key in bytes. The 32 characters of the
// merchant console are the key itself, not hex or base64.
const KeySize = 32

// The errors of a key, a nonce or a ciphertext.
var (
	// ErrKeySize: the key does not have [KeySize] bytes.
	ErrKeySize = errors.New("cipher: wrong length of key")
	// ErrNonce: the nonce has neither 12 nor 16 bytes.
	ErrNonce = errors.New("cipher: wrong length of nonce")
	// ErrDecrypt: the ciphertext was not made with this key, nonce and associated data,
	// was altered, or is not base64.
	ErrDecrypt = errors.New("cipher: decryption failed (wrong key, or altered data)")
)

// A Resource is a message encrypted with AES-256-GCM and the APIv3 key, as webhooks and
// certificates contain it.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012071382
type Resource struct {
	Nonce          string // 12 or 16 bytes, different for each message
	AssociatedData string // may be empty
	Ciphertext     string // the ciphertext and its tag, in base64
}

// DecryptResource returns the plaintext of a Resource. It fails with [ErrDecrypt] if key,
// nonce, associated data and ciphertext do not belong together, and with [ErrKeySize] or
// [ErrNonce].
func DecryptResource(key Secret, r Resource) ([]byte, error) {
	aead, err := newGCM(key, r.Nonce)
	if err != nil {
		return nil, err
	}
	ciphertext, err := base64.StdEncoding.DecodeString(r.Ciphertext)
	if err != nil {
		return nil, fmt.Errorf("%w: the ciphertext is not base64", ErrDecrypt)
	}
	return decryptGCM(aead, r.Nonce, r.AssociatedData, ciphertext)
}

// EncryptResource returns r with the encrypted plaintext as its Ciphertext. r has the
// Nonce and the AssociatedData.
func EncryptResource(key Secret, r Resource, plaintext []byte) (Resource, error) {
	aead, err := newGCM(key, r.Nonce)
	if err != nil {
		return Resource{}, err
	}
	r.Ciphertext = base64.StdEncoding.EncodeToString(aead.Seal(nil, []byte(r.Nonce), plaintext, []byte(r.AssociatedData)))
	return r, nil
}

// DecryptBytes decrypts a part of an encrypted bill: raw bytes without associated data,
// with the key that encrypt_key decrypts to. It overwrites ciphertext with the plaintext.
// Its errors are those of [DecryptResource].
//
// https://pay.weixin.qq.com/doc/v3/partner/4014314390
func DecryptBytes(key Secret, nonce string, ciphertext []byte) ([]byte, error) {
	aead, err := newGCM(key, nonce)
	if err != nil {
		return nil, err
	}
	return decryptGCM(aead, nonce, "", ciphertext)
}

// EncryptBytes is the reverse of [DecryptBytes]. It does not change plaintext.
func EncryptBytes(key Secret, nonce string, plaintext []byte) ([]byte, error) {
	aead, err := newGCM(key, nonce)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, []byte(nonce), plaintext, nil), nil
}

func decryptGCM(aead cipher.AEAD, nonce, associatedData string, ciphertext []byte) ([]byte, error) {
	plaintext, err := aead.Open(ciphertext[:0], []byte(nonce), ciphertext, []byte(associatedData))
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// checkGCM is called first: cipher.AEAD panics on a nonce of another length.
func checkGCM(key Secret, nonce string) error {
	if n := key.Len(); n != KeySize {
		return fmt.Errorf("%w: it has %d bytes; it must have %d", ErrKeySize, n, KeySize)
	}
	if n := len(nonce); n != 12 && n != 16 {
		return fmt.Errorf("%w: it has %d bytes; it must have 12 or 16", ErrNonce, n)
	}
	return nil
}

func newGCM(key Secret, nonce string) (cipher.AEAD, error) {
	if err := checkGCM(key, nonce); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher([]byte(key.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return cipher.NewGCMWithNonceSize(block, len(nonce))
}
