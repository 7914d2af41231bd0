package cipher

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
)

// GCMName is how WeChat Pay names AES-256-GCM in its messages.
const GCMName = "AEAD_AES_256_GCM"

// KeySize is the length of an APIv3 key in bytes. The 32 characters of the
// merchant console are the key itself, neither hex nor base64.
const KeySize = 32

// What can be wrong with a key, a nonce or a ciphertext.
var (
	// ErrKeySize: the key does not have [KeySize] bytes.
	ErrKeySize = errors.New("cipher: wrong length of key")
	// ErrNonce: the nonce has neither 12 nor 16 bytes.
	ErrNonce = errors.New("cipher: wrong length of nonce")
	// ErrDecrypt: the ciphertext was not made with this key, nonce and associated data,
	// or was changed, or is no base64.
	ErrDecrypt = errors.New("cipher: decryption failed (wrong key, or altered data)")
)

// Seal encrypts by AES-256-GCM and returns base64 of the ciphertext and its tag,
// as webhooks and certificates carry it. The nonce has 12 bytes, or 16 for
// encrypted bills, and must be fresh for each message; associatedData may be
// empty.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012071382
func Seal(key, nonce, associatedData string, plaintext []byte) (string, error) {
	sealed, err := SealBytes(key, nonce, associatedData, plaintext)
	return base64.StdEncoding.EncodeToString(sealed), err
}

// SealBytes is [Seal] without base64.
func SealBytes(key, nonce, associatedData string, plaintext []byte) ([]byte, error) {
	aead, err := newGCM(key, nonce)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, []byte(nonce), plaintext, []byte(associatedData)), nil
}

// Open decrypts what [Seal] makes. It fails with [ErrDecrypt] where key, nonce,
// associated data and ciphertext do not belong together, and with [ErrKeySize] or
// [ErrNonce].
func Open(key, nonce, associatedData, ciphertext string) ([]byte, error) {
	if err := checkGCM(key, nonce); err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(ciphertext)
	if err != nil {
		return nil, fmt.Errorf("%w: the ciphertext is not base64", ErrDecrypt)
	}
	return OpenBytes(key, nonce, associatedData, sealed)
}

// OpenBytes is [Open] for a ciphertext that is raw bytes, as the parts of encrypted
// bills are; their key is what encrypt_key decrypts to. The plaintext takes the place
// of sealed in memory.
//
// https://pay.weixin.qq.com/doc/v3/partner/4014314390
func OpenBytes(key, nonce, associatedData string, sealed []byte) ([]byte, error) {
	aead, err := newGCM(key, nonce)
	if err != nil {
		return nil, err
	}
	plaintext, err := aead.Open(sealed[:0], []byte(nonce), sealed, []byte(associatedData))
	if err != nil {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// checkGCM comes first: cipher.AEAD panics on a nonce of another length.
func checkGCM(key, nonce string) error {
	if len(key) != KeySize {
		return fmt.Errorf("%w: it has %d bytes; it must have %d", ErrKeySize, len(key), KeySize)
	}
	if n := len(nonce); n != 12 && n != 16 {
		return fmt.Errorf("%w: it has %d bytes; it must have 12 or 16", ErrNonce, n)
	}
	return nil
}

func newGCM(key, nonce string) (cipher.AEAD, error) {
	if err := checkGCM(key, nonce); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return cipher.NewGCMWithNonceSize(block, len(nonce))
}
