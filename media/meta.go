package media

import (
	"encoding/json"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// A metaPart holds the fields of the meta part.
type metaPart map[string]json.RawMessage

// newMeta starts with the caller's fields. They win over fields that are set later.
func newMeta(explicit any) (metaPart, error) {
	m := metaPart{}
	if raw, ok := explicit.(json.RawMessage); nilcheck.IsNil(explicit) || ok && string(raw) == "null" {
		return m, nil
	}
	data, err := jsonx.Body(explicit)
	if err != nil {
		return nil, err
	}
	return m, json.Unmarshal(data, &m)
}

// lacks reports whether the form has the field and m does not.
func (m metaPart) lacks(name string) bool {
	_, ok := m[name]
	return name != "" && name != Omit && !ok
}

// set adds a field, unless it is set.
func (m metaPart) set(name, value string) error {
	if !m.lacks(name) {
		return nil
	}
	data, err := jsonx.Marshal(value)
	m[name] = data
	return err
}

// encode adds the fields about the file and returns the JSON of all fields.
func (m metaPart) encode(name string, form Form, info fileInfo) ([]byte, error) {
	for _, field := range [][2]string{
		{form.NameField, name}, {form.DigestField, info.digest}, {form.AlgorithmField, form.Algorithm},
	} {
		if err := m.set(field[0], field[1]); err != nil {
			return nil, err
		}
	}
	return jsonx.Marshal(m)
}
