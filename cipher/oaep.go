package cipher

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // required by WeChat Pay; OAEP does not need it to resist collisions
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The errors of a sensitive field.
var (
	// ErrTooLong: the plaintext does not fit into one RSA block. A key of 2048 bits takes
	// 214 bytes, which are about 71 Chinese characters.
	ErrTooLong = errors.New("cipher: too long to encrypt")
	// ErrEncryptedAlready: the plaintext looks like a ciphertext.
	ErrEncryptedAlready = errors.New("cipher: encrypted already")
)

// Encrypt encrypts one sensitive field by RSA-OAEP (SHA-1, MGF1 with SHA-1) to WeChat
// Pay's key and returns base64. The request must name the same key in Wechatpay-Serial.
//
// Errors: [ErrTooLong]; [ErrEncryptedAlready] for a plaintext that looks like a result of
// Encrypt, as no name or number does.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053264
func Encrypt(key *rsa.PublicKey, plaintext string) (string, error) {
	if key == nil || key.N == nil {
		return "", errors.New("cipher: the public key is nil")
	}
	if len(plaintext) == base64.StdEncoding.EncodedLen(key.Size()) {
		if _, err := base64.StdEncoding.DecodeString(plaintext); err == nil {
			return "", ErrEncryptedAlready
		}
	}
	if limit := key.Size() - 2*sha1.Size - 2; len(plaintext) > limit {
		return "", fmt.Errorf("%w: it has %d bytes of UTF-8, and %d are allowed", ErrTooLong, len(plaintext), limit)
	}
	ciphertext, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, key, []byte(plaintext), nil) //nolint:gosec // see above
	if err != nil {
		return "", fmt.Errorf("cipher: %w", err)
	}
	return base64.StdEncoding.EncodeToString(ciphertext), nil
}

// A Decrypter decrypts with the merchant's private key. [NewDecrypter] makes one from a
// key in memory or behind a [crypto.Decrypter], such as an HSM. Implement it for a remote
// service. It must be safe for concurrent use.
type Decrypter interface {
	// DecryptOAEP undoes RSA-OAEP with SHA-1, MGF1 with SHA-1 and an empty label.
	DecryptOAEP(ctx context.Context, ciphertext []byte) (plaintext []byte, err error)
}

// NewDecrypter returns a Decrypter for an RSA private key.
func NewDecrypter(key crypto.Decrypter) (Decrypter, error) {
	if key == nil {
		return nil, errors.New("cipher: the private key is nil")
	}
	if k, ok := key.(*rsa.PrivateKey); ok && k == nil {
		return nil, errors.New("cipher: the private key is nil")
	}
	if _, ok := key.Public().(*rsa.PublicKey); !ok {
		return nil, fmt.Errorf("cipher: the private key is not an RSA key: its public key is a %T", key.Public())
	}
	return keyDecrypter{key}, nil
}

type keyDecrypter struct{ key crypto.Decrypter }

func (d keyDecrypter) DecryptOAEP(ctx context.Context, ciphertext []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.key.Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA1})
}

// Decrypt decrypts one sensitive field that WeChat Pay encrypted to the merchant's key.
// The error wraps [ErrDecrypt] and the error of the Decrypter.
func Decrypt(ctx context.Context, d Decrypter, ciphertext string) (string, error) {
	if d == nil {
		return "", errors.New("cipher: the Decrypter is nil")
	}
	raw, err := base64.StdEncoding.DecodeString(ciphertext)
	if err != nil {
		return "", fmt.Errorf("%w: the ciphertext is not base64", ErrDecrypt)
	}
	plaintext, err := d.DecryptOAEP(ctx, raw)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w; check that it was encrypted with this key: %w", ErrDecrypt, err)
	case !utf8.Valid(plaintext):
		return "", fmt.Errorf("%w: the plaintext is not UTF-8", ErrDecrypt)
	}
	return string(plaintext), nil
}
