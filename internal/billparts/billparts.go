// Package billparts parses the replies that locate a download: one file, or the encrypted
// parts of a bill.
package billparts

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
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

var errNoDownload = errors.New("the reply has no download_url or url with a hash_type and a hash_value; use Get with a Sink for other downloads")

// Parse parses a reply. The parts are in the order of their content.
func Parse(reply gjson.Result) ([]Part, error) {
	if list := reply.Get("download_bill_list"); list.IsArray() {
		return parseList(list, reply.Get("download_bill_count"))
	}
	p := newPart(reply)
	switch {
	case p.URL == "":
		return nil, missing(reply)
	case p.Checksum.Value == "":
		return nil, errNoDownload
	}
	if _, err := p.Checksum.New(); err != nil {
		return nil, err
	}
	return []Part{p}, nil
}

// newPart reads the URL and the digest. Coupon flows have a url in place of a download_url,
// and those of one day a digest of their own, whose type its length tells.
func newPart(v gjson.Result) Part {
	p := Part{
		URL:      first(v, "download_url", "url"),
		Checksum: media.Checksum{Type: jsonx.Text(v.Get("hash_type")), Value: jsonx.Text(v.Get("hash_value"))},
	}
	if daily := first(v, "stock_useflow_hash", "stock_refundflow_hash"); p.Checksum == (media.Checksum{}) && daily != "" {
		p.Checksum = media.Checksum{Type: map[int]string{40: "SHA1", 64: "SHA256"}[len(daily)], Value: daily}
	}
	return p
}

// first returns the first of the fields that has a value.
func first(v gjson.Result, fields ...string) string {
	for _, field := range fields {
		if value := jsonx.Text(v.Get(field)); value != "" {
			return value
		}
	}
	return ""
}

// unfinished and failed are the states, without a prefix such as RECEIPT_STATE_, of a
// receipt that has no URL.
var (
	unfinished = []string{"ACCEPTED", "GENERATING", "PENDING", "PROCESSING", "PROGRESS"}
	failed     = []string{"FAILED", "FAIL"}
)

// missing returns the error of a reply without a URL.
func missing(reply gjson.Result) error {
	state := first(reply, "receipt_state", "signature_status", "state")
	suffix := state[strings.LastIndexByte(state, '_')+1:]
	switch {
	case slices.Contains(unfinished, suffix):
		return fmt.Errorf("%w: its state is %.40q; try again later", media.ErrNotReady, state)
	case slices.Contains(failed, suffix):
		return fmt.Errorf("WeChat Pay could not make the file: its state is %.40q, its fail_reason %.100q; apply for it again", state, jsonx.Text(reply.Get("fail_reason")))
	}
	return errNoDownload
}

func parseList(list, count gjson.Result) ([]Part, error) {
	var parts []Part
	for _, v := range list.Array() {
		p := newPart(v)
		p.Key, p.Nonce, p.Sequence = jsonx.Text(v.Get("encrypt_key")), jsonx.Text(v.Get("nonce")), v.Get("bill_sequence").Int()
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
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(a.Sequence, b.Sequence) })
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
