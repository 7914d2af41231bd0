package fieldcrypt

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// An Encrypter encrypts Fields with one key. A nil Encrypter changes nothing.
type Encrypter struct {
	Fields Fields
	KeyID  string
	Key    *rsa.PublicKey
}

func (e *Encrypter) encrypt(value string) (string, error) { return cipher.Encrypt(e.Key, value) }

// encryptMarked leaves what the caller has encrypted as it is.
func (e *Encrypter) encryptMarked(value string) (string, error) {
	if IsCiphertext(value) {
		return value, nil
	}
	return e.encrypt(value)
}

// JSON returns a body with its fields encrypted.
func (e *Encrypter) JSON(data []byte) ([]byte, error) {
	if e == nil {
		return data, nil
	}
	return e.mapFields(e.Fields.JSON, data)
}

// Meta returns a function that encrypts the meta part of an upload, or nil if it has no
// encrypted fields.
func (e *Encrypter) Meta() func(meta []byte) ([]byte, error) {
	if e == nil || len(e.Fields.Meta)+len(e.Fields.Marked) == 0 {
		return nil
	}
	return func(meta []byte) ([]byte, error) { return e.mapFields(e.Fields.Meta, meta) }
}

// mapFields encrypts the fields that the caller named, then the documented ones.
func (e *Encrypter) mapFields(named cipher.Fields, data []byte) (_ []byte, err error) {
	if len(named) > 0 {
		data, err = named.Map(data, e.encrypt)
	}
	if err == nil && len(e.Fields.Marked) > 0 {
		data, err = e.Fields.Marked.Map(data, e.encryptMarked)
	}
	if err != nil {
		return nil, fmt.Errorf("Options.Encrypt: %w", err)
	}
	return data, nil
}

// Query returns a copy of a query with its fields encrypted.
func (e *Encrypter) Query(query map[string]any) (map[string]any, error) {
	if e == nil || len(e.Fields.Query)+len(e.Fields.Marked) == 0 || len(query)+len(e.Fields.Query) == 0 {
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
	for _, field := range e.Fields.Marked {
		name := strings.TrimSuffix(field, "?")
		value, ok := encrypted[name]
		if !ok || nilcheck.IsNil(value) {
			continue
		}
		text, err := queryText(value, ok)
		if err == nil && text != "" {
			encrypted[name], err = e.encryptMarked(text)
		}
		if err != nil {
			return nil, fmt.Errorf("Options.Encrypt: field %q of Options.Query: %w", name, err)
		}
	}
	return encrypted, nil
}

// queryText returns a string, also behind a pointer or of a named type.
func queryText(value any, ok bool) (string, error) {
	if !ok {
		return "", cipher.ErrNoField
	}
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.String {
		return "", fmt.Errorf("a %T cannot be encrypted; pass a string", value)
	}
	return v.String(), nil
}
