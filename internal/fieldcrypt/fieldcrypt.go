// Package fieldcrypt decides which fields of a call are encrypted or decrypted, and
// encrypts them. Deciding does no I/O.
package fieldcrypt

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// Auto selects the fields that are documented as encrypted. It is not a valid JSON path.
const Auto = "@auto"

// A Call describes a call.
type Call struct {
	Method string
	Route  string // the path as written, without host and query
	Prefix string // of the base URL
	Query  map[string]any
	InPath url.Values // the query in the path
	JSON   bool       // it has a JSON body
	Upload bool       // it has another body
}

// Fields are the fields to encrypt, by place.
type Fields struct{ JSON, Query, Meta cipher.Fields }

// Encrypted returns the fields to encrypt, as listed in Options.Encrypt.
func (c Call) Encrypted(names []string) (f Fields, err error) {
	for _, name := range names {
		if err := c.add(&f, name); err != nil {
			return f, err
		}
	}
	for _, field := range f.Query {
		if name := strings.TrimSuffix(field, "?"); c.InPath.Has(name) {
			return f, fmt.Errorf("Options.Encrypt: %q is part of the path, where it stays in the clear; move it to Options.Query", name)
		}
	}
	return f, nil
}

func (c Call) add(f *Fields, field string) error {
	name := strings.TrimSuffix(field, "?")
	_, inQuery := c.Query[name]
	switch {
	case field == Auto:
		marked, err := c.marked("Encrypt")
		if err != nil {
			return err
		}
		f.JSON = append(f.JSON, optional(marked.JSON)...)
		f.Query = append(f.Query, optional(marked.Query)...)
		f.Meta = append(f.Meta, optional(marked.Meta)...)
	case (c.JSON || c.Upload) && inQuery:
		return fmt.Errorf("Options.Encrypt: %q is in Options.Query, but the call has a body, in which fields are encrypted; use Auto, or a separate call", name)
	case c.JSON:
		f.JSON = append(f.JSON, field)
	case c.Upload:
		f.Meta = append(f.Meta, field)
	default:
		f.Query = append(f.Query, field)
	}
	return nil
}

// Decrypted returns the fields of the reply to decrypt.
func (c Call) Decrypted(names []string) (cipher.Fields, error) {
	var fields cipher.Fields
	for _, name := range names {
		if name != Auto {
			fields = append(fields, name)
			continue
		}
		marked, err := c.marked("Decrypt")
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

// marked returns the fields that are documented as encrypted for the endpoint.
func (c Call) marked(option string) (endpoint.Encrypted, error) {
	path := strings.TrimPrefix(c.Route, "/")
	for _, path := range []string{path, strings.TrimPrefix(c.Prefix+"/"+path, "/")} {
		if traits, _ := endpoint.Lookup(c.Method, path); traits.HasEncrypted() {
			return traits.Encrypted, nil
		}
	}
	return endpoint.Encrypted{}, fmt.Errorf("Options.%s: no encrypted fields are documented for %s %s; name the fields, or remove Auto", option, c.Method, c.Route)
}

// optional makes each path optional.
func optional(paths []string) cipher.Fields {
	fields := make(cipher.Fields, len(paths))
	for i, path := range paths {
		fields[i] = path + "?"
	}
	return fields
}

// An Encrypter encrypts Fields with one key. A nil Encrypter changes nothing.
type Encrypter struct {
	Fields Fields
	KeyID  string
	Key    *rsa.PublicKey
}

func (e *Encrypter) encrypt(value string) (string, error) { return cipher.Encrypt(e.Key, value) }

// JSON returns a body with its fields encrypted.
func (e *Encrypter) JSON(data []byte) ([]byte, error) {
	if e == nil || len(e.Fields.JSON) == 0 {
		return data, nil
	}
	return e.mapFields(e.Fields.JSON, data)
}

// Meta returns a function that encrypts the meta part of an upload, or nil if it has no
// encrypted fields.
func (e *Encrypter) Meta() func(meta []byte) ([]byte, error) {
	if e == nil || len(e.Fields.Meta) == 0 {
		return nil
	}
	return func(meta []byte) ([]byte, error) { return e.mapFields(e.Fields.Meta, meta) }
}

func (e *Encrypter) mapFields(fields cipher.Fields, data []byte) ([]byte, error) {
	encrypted, err := fields.Map(data, e.encrypt)
	if err != nil {
		return nil, fmt.Errorf("Options.Encrypt: %w", err)
	}
	return encrypted, nil
}

// Query returns a copy of a query with its fields encrypted.
func (e *Encrypter) Query(query map[string]any) (map[string]any, error) {
	if e == nil || len(e.Fields.Query) == 0 {
		return query, nil
	}
	encrypted := maps.Clone(query)
	for _, field := range e.Fields.Query {
		name, optional := strings.CutSuffix(field, "?")
		value, ok := query[name]
		if !ok && optional {
			continue
		}
		text, err := queryText(value, ok)
		if err == nil && encrypted[name] != value {
			err = errors.New("it is named twice")
		}
		if err == nil && text != "" {
			encrypted[name], err = e.encrypt(text)
		}
		if err != nil {
			return nil, fmt.Errorf("Options.Encrypt: field %q of Options.Query: %w", name, err)
		}
	}
	return encrypted, nil
}

func queryText(value any, ok bool) (string, error) {
	text, isText := value.(string)
	switch {
	case !ok:
		return "", cipher.ErrNoField
	case !isText:
		return "", fmt.Errorf("a %T cannot be encrypted; pass a string", value)
	}
	return text, nil
}
