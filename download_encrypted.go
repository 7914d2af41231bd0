package wechatpay

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
)

// MaxPart is the most bytes that a part of an encrypted bill may have: it is held in
// memory, since nothing of it is proven before its end.
const MaxPart = 256 << 20

// encryptedParts are those of a bill in parts, by their sequence.
func encryptedParts(list, count gjson.Result) ([]part, error) {
	var parts []part
	for _, v := range list.Array() {
		p := newPart(v)
		p.key, p.nonce, p.sequence = word(v.Get("encrypt_key")), word(v.Get("nonce")), v.Get("bill_sequence").Int()
		if p.url == "" || p.key == "" || p.nonce == "" {
			return nil, errors.New("a part of download_bill_list lacks its download_url, encrypt_key or nonce")
		}
		if _, err := p.checksum.New(); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, errors.New("download_bill_list is empty")
	}
	if count.Exists() && count.Int() != int64(len(parts)) {
		return nil, fmt.Errorf("download_bill_list has %d parts, and download_bill_count says %d", len(parts), count.Int())
	}
	slices.SortStableFunc(parts, func(a, b part) int { return int(a.sequence - b.sequence) })
	for i, p := range parts[1:] {
		if p.sequence == parts[i].sequence {
			return nil, fmt.Errorf("download_bill_list has two parts of bill_sequence %d", p.sequence)
		}
		if p.sequence != parts[i].sequence+1 {
			return nil, fmt.Errorf("download_bill_list has no part between bill_sequence %d and %d", parts[i].sequence, p.sequence)
		}
	}
	return parts, nil
}

// fetchEncrypted downloads one part, proves it, and writes what is in it.
//
// What the digest covers is not documented for these bills: the part as it comes, as
// it is decrypted, or as it is unzipped. Either is taken; that it was decrypted proves
// it already.
func (d *downloading) fetchEncrypted(ctx context.Context, p part, w io.Writer) error {
	key, err := d.partKey(ctx, p)
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	err = d.get(ctx, p, func(body io.Reader) error {
		n, err := sealed.ReadFrom(io.LimitReader(body, MaxPart+1))
		if err == nil && n > MaxPart {
			err = fmt.Errorf("%w: a part has more than %d bytes", ErrTooLarge, MaxPart)
		}
		return err
	})
	if err != nil {
		return err
	}
	proven := hasChecksum(p.checksum, sealed.Bytes())
	opened, err := cipher.DecryptBytes(key, p.nonce, sealed.Bytes())
	if err != nil {
		return fmt.Errorf("part %d: %w", p.sequence, err)
	}
	proven = proven || hasChecksum(p.checksum, opened)
	hash, err := p.checksum.New()
	if err != nil {
		return err
	}
	if err := d.copy(io.MultiWriter(w, hash), bytes.NewReader(opened)); err != nil {
		return fmt.Errorf("part %d: %w", p.sequence, err)
	}
	if proven {
		return nil
	}
	return p.checksum.Check(hash)
}

func hasChecksum(c media.Checksum, data []byte) bool {
	hash, err := c.New()
	if err != nil {
		return false // it was made before: parts refuses another kind
	}
	hash.Write(data)
	return c.Check(hash) == nil
}

// partKey decrypts the key of a part. It is raw bytes, of no character set.
func (d *downloading) partKey(ctx context.Context, p part) (string, error) {
	decrypter := d.chain.client.decrypt
	if decrypter == nil {
		return "", errNoDecrypter
	}
	sealed, err := base64.StdEncoding.DecodeString(p.key)
	if err != nil {
		return "", fmt.Errorf("%w: encrypt_key is not base64", cipher.ErrDecrypt)
	}
	key, err := decrypter.DecryptOAEP(ctx, sealed)
	if err != nil {
		return "", fmt.Errorf("%w: encrypt_key: %w", cipher.ErrDecrypt, err)
	}
	return string(key), nil
}
