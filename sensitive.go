package wechatpay

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/sensitive"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Auto stands, as [Options].Encrypt or Decrypt, for the fields that WeChat Pay's
// documentation marks as encrypted for the endpoint. Each may be missing. Further paths
// may be appended. A call of an endpoint without such marks is refused: name the fields.
var Auto = []string{auto}

const auto = "@auto" // no path may begin so

var errNoDecrypter = errors.New("the client has no Decrypter; set Config.Decrypter, or a PrivateKey that can decrypt")

// EncryptionKey is the key that sensitive fields are encrypted with, and its id, which a
// request with such fields names in Wechatpay-Serial: what [Options].Encrypt uses. The
// first use may download.
func (c *Client) EncryptionKey(ctx context.Context) (id string, key *rsa.PublicKey, err error) {
	return c.encryptionKey(ctx, c.keyID)
}

// encryptionKey is the key of that id, or any that may be encrypted with.
func (c *Client) encryptionKey(ctx context.Context, id string) (string, *rsa.PublicKey, error) {
	if c.keys == nil {
		return "", nil, errors.New("the client has a Verifier in place of PlatformKeys, and so no key to encrypt with")
	}
	if id == "" {
		finder, ok := c.keys.(keys.EncryptionKeySource)
		if !ok {
			return "", nil, errors.New("the PlatformKeys do not tell which key encrypts; set Config.PlatformKeyID")
		}
		return finder.EncryptionKey(ctx, c.now())
	}
	found, err := c.keys.Key(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if cert, ok := found.(*x509.Certificate); ok {
		if c.now().After(cert.NotAfter) {
			return "", nil, fmt.Errorf("%w: %s, named to encrypt with", signer.ErrExpired, id)
		}
		found = cert.PublicKey
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok {
		return "", nil, fmt.Errorf("%w: %s is a %T", signer.ErrNotRSA, id, found)
	}
	return id, key, nil
}

// A sealing is what one call encrypts, and with which key.
type sealing struct {
	json, query, meta cipher.Fields
	id                string
	key               *rsa.PublicKey
}

// sealing reads Options.Encrypt; it is nil where nothing is to be encrypted. The error is
// ready to be returned: it wraps ErrInvalid where the options are at fault.
func (ch Chain) sealing(ctx context.Context, method string, opts *Options, query M) (*sealing, error) {
	if len(opts.Encrypt) == 0 {
		return nil, nil
	}
	s := &sealing{}
	for _, field := range opts.Encrypt {
		switch {
		case field == auto:
			marked, err := ch.marked(method, "Encrypt")
			if err != nil {
				return nil, invalid(err)
			}
			s.json = append(s.json, optional(marked.JSON)...)
			s.query = append(s.query, optional(marked.Query)...)
			s.meta = append(s.meta, optional(marked.Meta)...)
		case opts.JSON != nil || opts.Body != nil:
			name := strings.TrimSuffix(field, "?")
			if _, there := query[name]; there {
				return nil, invalid(fmt.Errorf("Options.Encrypt: %q is in Options.Query, and is looked for in the body; use Auto, or a call of its own", name))
			}
			if opts.JSON != nil {
				s.json = append(s.json, field)
			} else {
				s.meta = append(s.meta, field)
			}
		default:
			s.query = append(s.query, field)
		}
	}
	for _, field := range s.query {
		if name := strings.TrimSuffix(field, "?"); ch.literalQuery().Has(name) {
			return nil, invalid(fmt.Errorf("Options.Encrypt: %q stands in the path, where it stays in the clear; put it into Options.Query", name))
		}
	}
	var err error
	named := ch.client.keyID
	for name, values := range opts.Header { // in whatever case
		if strings.EqualFold(name, signer.HeaderSerial) && len(values) > 0 && values[0] != "" {
			named = values[0]
		}
	}
	if s.id, s.key, err = ch.client.encryptionKey(ctx, named); err != nil {
		return nil, fmt.Errorf("Options.Encrypt: %w", err)
	}
	return s, nil
}

// marked are the fields that the documentation of an endpoint marks.
func (ch Chain) marked(method, option string) (sensitive.Entry, error) {
	path := strings.TrimPrefix(ch.route(), "/")
	for _, path := range []string{path, strings.TrimPrefix(ch.client.base.prefix+"/"+path, "/")} {
		if entry, ok := sensitive.Lookup(method, path); ok {
			return entry, nil
		}
	}
	return sensitive.Entry{}, fmt.Errorf("%s: no encrypted fields are documented for %s %s; name them, or leave Auto out", "Options."+option, method, ch)
}

// optional lets each path be missing.
func optional(paths []string) cipher.Fields {
	fields := make(cipher.Fields, len(paths))
	for i, path := range paths {
		fields[i] = path + "?"
	}
	return fields
}

func (s *sealing) encrypt(value string) (string, error) { return cipher.Encrypt(s.key, value) }

// sealJSON encrypts the fields of the body.
func (s *sealing) sealJSON(data []byte) ([]byte, error) {
	if s == nil || len(s.json) == 0 {
		return data, nil
	}
	sealed, err := s.json.Map(data, s.encrypt)
	if err != nil {
		return nil, fmt.Errorf("Options.Encrypt: %w", err)
	}
	return sealed, nil
}

// ofMeta encrypts the fields of an upload's meta part; nil where there are none.
func (s *sealing) ofMeta() func(meta []byte) ([]byte, error) {
	if s == nil || len(s.meta) == 0 {
		return nil
	}
	return func(meta []byte) ([]byte, error) {
		sealed, err := s.meta.Map(meta, s.encrypt)
		if err != nil {
			return nil, fmt.Errorf("Options.Encrypt: %w", err)
		}
		return sealed, nil
	}
}

// sealQuery is a copy of the query with its fields encrypted.
func (s *sealing) sealQuery(query M) (M, error) {
	if s == nil || len(s.query) == 0 {
		return query, nil
	}
	sealed := maps.Clone(query)
	for _, field := range s.query {
		name, may := strings.CutSuffix(field, "?")
		value, there := query[name]
		text, isText := value.(string)
		switch {
		case !there && may:
			continue
		case !there:
			return nil, fmt.Errorf("Options.Encrypt: field %q: %w in Options.Query", name, cipher.ErrNoField)
		case !isText:
			return nil, fmt.Errorf("Options.Encrypt: field %q of Options.Query is no string but a %T", name, value)
		case sealed[name] != value:
			return nil, fmt.Errorf("Options.Encrypt: field %q is named twice", name)
		case text == "":
			continue
		}
		var err error
		if sealed[name], err = s.encrypt(text); err != nil {
			return nil, fmt.Errorf("Options.Encrypt: field %q: %w", name, err)
		}
	}
	return sealed, nil
}

// opening reads Options.Decrypt.
func (ch Chain) opening(method string, opts *Options) (cipher.Fields, error) {
	if len(opts.Decrypt) > 0 && ch.client.decrypt == nil {
		return nil, fmt.Errorf("Options.Decrypt: %w", errNoDecrypter)
	}
	var fields cipher.Fields
	for _, field := range opts.Decrypt {
		if field != auto {
			fields = append(fields, field)
			continue
		}
		marked, err := ch.marked(method, "Decrypt")
		if err != nil {
			return nil, err
		}
		fields = append(fields, optional(marked.Reply)...)
	}
	if err := fields.Validate(); err != nil {
		return nil, fmt.Errorf("Options.Decrypt: %w", err)
	}
	return fields, nil
}

// open decrypts the fields of a verified reply.
func (r *Response) open(ctx context.Context, fields cipher.Fields) error {
	data, err := fields.Map(r.data, func(value string) (string, error) { return cipher.Decrypt(ctx, r.decrypt, value) })
	if err != nil {
		return &DecryptError{Response: r, Err: err}
	}
	r.data = data
	return nil
}
