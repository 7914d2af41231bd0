// Package billparts parses the replies that locate a download: one file, or the encrypted
// parts of a bill.
package billparts

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A Part is one file to download. It is encrypted if it has a Key.
type Part struct {
	URL      string
	Checksum media.Checksum
	Sequence int64
	Key      string // encrypted to the merchant, in base64
	Nonce    string
}

var errNoDownload = errors.New("the reply has no download_url with a hash_type and a hash_value; use Get with a Sink for other downloads")

// Parse parses a reply. The parts are in the order of their content.
func Parse(reply gjson.Result) ([]Part, error) {
	if list := reply.Get("download_bill_list"); list.IsArray() {
		return parseList(list, reply.Get("download_bill_count"))
	}
	p := newPart(reply)
	if p.URL == "" || p.Checksum.Value == "" {
		return nil, errNoDownload
	}
	if _, err := p.Checksum.New(); err != nil {
		return nil, err
	}
	return []Part{p}, nil
}

func newPart(v gjson.Result) Part {
	return Part{
		URL:      text(v.Get("download_url")),
		Checksum: media.Checksum{Type: text(v.Get("hash_type")), Value: text(v.Get("hash_value"))},
	}
}

// text returns a scalar value, and "" for an object or a list.
func text(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return v.String()
}

func parseList(list, count gjson.Result) ([]Part, error) {
	var parts []Part
	for _, v := range list.Array() {
		p := newPart(v)
		p.Key, p.Nonce, p.Sequence = text(v.Get("encrypt_key")), text(v.Get("nonce")), v.Get("bill_sequence").Int()
		if p.URL == "" || p.Key == "" || p.Nonce == "" {
			return nil, errors.New("a part of download_bill_list lacks its download_url, encrypt_key or nonce")
		}
		if _, err := p.Checksum.New(); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, errors.New("download_bill_list is empty")
	}
	if count.Exists() && count.Int() != int64(len(parts)) {
		return nil, fmt.Errorf("download_bill_list has %d parts, but download_bill_count is %d", len(parts), count.Int())
	}
	return parts, order(parts)
}

// order sorts the parts by their sequence, which must not have gaps or duplicates.
func order(parts []Part) error {
	slices.SortStableFunc(parts, func(a, b Part) int { return int(a.Sequence - b.Sequence) })
	for i, p := range parts[1:] {
		switch before := parts[i].Sequence; p.Sequence {
		case before + 1:
		case before:
			return fmt.Errorf("download_bill_list has two parts of bill_sequence %d", p.Sequence)
		default:
			return fmt.Errorf("download_bill_list has no part between bill_sequence %d and %d", before, p.Sequence)
		}
	}
	return nil
}

// DecryptKey decrypts the key of an encrypted part: raw bytes, not text.
func (p Part) DecryptKey(ctx context.Context, d cipher.Decrypter) (cipher.Secret, error) {
	ciphertext, err := base64.StdEncoding.DecodeString(p.Key)
	if err != nil {
		return cipher.Secret{}, fmt.Errorf("%w: encrypt_key is not base64", cipher.ErrDecrypt)
	}
	key, err := d.DecryptOAEP(ctx, ciphertext)
	if err != nil {
		return cipher.Secret{}, fmt.Errorf("%w: encrypt_key: %w", cipher.ErrDecrypt, err)
	}
	return cipher.NewSecret(string(key)), nil
}
