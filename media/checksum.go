package media

import (
	"crypto/sha1" //nolint:gosec // WeChat Pay's choice for bills
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// What can be wrong with the digest of a download.
var (
	// ErrChecksum: the file has another digest than WeChat Pay announced.
	ErrChecksum = errors.New("checksum mismatch")
	// ErrHashType: the digest is of a kind that is not known here, such as SM3.
	ErrHashType = errors.New("unknown kind of checksum")
)

// A Checksum is the digest that WeChat Pay announces of a file: hash_type and
// hash_value.
type Checksum struct {
	Type  string // SHA1 or SHA256
	Value string // in hex, in whatever case
}

// New is a hash of the kind, or [ErrHashType].
func (c Checksum) New() (hash.Hash, error) {
	switch strings.ToUpper(strings.ReplaceAll(c.Type, "-", "")) {
	case "SHA1":
		return sha1.New(), nil //nolint:gosec // see above
	case "SHA256":
		return sha256.New(), nil
	}
	return nil, fmt.Errorf("%w %.20q; SHA1 and SHA256 are", ErrHashType, c.Type)
}

// Check compares what h has summed up, or fails with [ErrChecksum].
func (c Checksum) Check(h hash.Hash) error {
	if sum := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(sum, c.Value) {
		return fmt.Errorf("%w: %s of the file is %s, and %.64q was announced", ErrChecksum, c.Type, sum, c.Value)
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
