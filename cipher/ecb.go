package cipher

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5" //nolint:gosec // how API v2 makes the key
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// LegacyKey derives the key of [DecryptLegacyECB] from the merchant's APIv2 key: its MD5
// in lower-case hex.
func LegacyKey(apiV2Key Secret) Secret {
	sum := md5.Sum([]byte(apiV2Key.Reveal())) //nolint:gosec // see above
	return NewSecret(hex.EncodeToString(sum[:]))
}

// DecryptLegacyECB decrypts the req_info of API v2's refund notifications: AES-256-ECB
// with PKCS#7 padding, in base64, which may be broken over lines or lack its padding. Use
// it for nothing else. ECB hides neither patterns nor changes, and such a notification is
// not signed, so query the refund before you rely on it. Errors: [ErrKeySize], [ErrDecrypt].
//
// https://pay.weixin.qq.com/doc/v2/merchant/4011936663
func DecryptLegacyECB(key Secret, ciphertext string) ([]byte, error) {
	block, err := newECB(key)
	if err != nil {
		return nil, err
	}
	ciphertext = strings.TrimRight(strings.Join(strings.Fields(ciphertext), ""), "=")
	data, err := base64.RawStdEncoding.DecodeString(ciphertext)
	if err != nil {
		return nil, fmt.Errorf("%w: the ciphertext is not base64", ErrDecrypt)
	}
	if len(data) == 0 || len(data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: the ciphertext is not a number of whole blocks", ErrDecrypt)
	}
	for part := range slices.Chunk(data, aes.BlockSize) {
		block.Decrypt(part, part)
	}
	return unpad(data)
}

// EncryptLegacyECB is the reverse of [DecryptLegacyECB], for tests.
func EncryptLegacyECB(key Secret, plaintext []byte) (string, error) {
	block, err := newECB(key)
	if err != nil {
		return "", err
	}
	padding := aes.BlockSize - len(plaintext)%aes.BlockSize
	data := append(slices.Clone(plaintext), slices.Repeat([]byte{byte(padding)}, padding)...)
	for part := range slices.Chunk(data, aes.BlockSize) {
		block.Encrypt(part, part)
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

func newECB(key Secret) (cipher.Block, error) {
	if n := key.Len(); n != KeySize {
		return nil, fmt.Errorf("%w: it has %d bytes; it must have %d, see LegacyKey", ErrKeySize, n, KeySize)
	}
	block, err := aes.NewCipher([]byte(key.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	return block, nil
}

var errPadding = errors.New("wrong padding")

func unpad(data []byte) ([]byte, error) {
	padding := int(data[len(data)-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, fmt.Errorf("%w: %w", ErrDecrypt, errPadding)
	}
	text := data[:len(data)-padding]
	for _, c := range data[len(text):] {
		if int(c) != padding {
			return nil, fmt.Errorf("%w: %w", ErrDecrypt, errPadding)
		}
	}
	return text, nil
}
