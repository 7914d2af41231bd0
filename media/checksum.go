package media

import (
	"crypto/sha1" //nolint:gosec // required by WeChat Pay for bills
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// The errors of a download.
var (
	// ErrChecksum: the digest of the file is not the one that WeChat Pay sent.
	ErrChecksum = errors.New("checksum mismatch")
	// ErrHashType: the hash algorithm is not supported, such as SM3.
	ErrHashType = errors.New("unsupported hash algorithm")
	// ErrNotReady: WeChat Pay has not made the file yet, such as a receipt.
	ErrNotReady = errors.New("the file is not ready")
)

// A Checksum is the digest that WeChat Pay sends for a file: hash_type and hash_value.
type Checksum struct {
	Type  string // SHA1 or SHA256
	Value string // in hex, upper or lower case
}

// New returns a hash of the type, or [ErrHashType].
func (c Checksum) New() (hash.Hash, error) {
	switch strings.ToUpper(strings.ReplaceAll(c.Type, "-", "")) {
	case "SHA1":
		return sha1.New(), nil //nolint:gosec // see above
	case "SHA256":
		return sha256.New(), nil
	}
	return nil, fmt.Errorf("%w %.20q; use SHA1 or SHA256", ErrHashType, c.Type)
}

// Check compares the sum of h with the Value. It fails with [ErrChecksum].
func (c Checksum) Check(h hash.Hash) error {
	if h == nil {
		return errors.New("media: the hash is nil; make one with Checksum.New")
	}
	if sum := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(sum, c.Value) {
		return fmt.Errorf("%w: the %s of the file is %s, not %.64q; download it again", ErrChecksum, c.Type, sum, c.Value)
	}
	return nil
}

// Matches reports whether data has the digest; false for an unknown Type.
func (c Checksum) Matches(data []byte) bool {
	hash, err := c.New()
	if err != nil {
		return false
	}
	hash.Write(data)
	return c.Check(hash) == nil
}
