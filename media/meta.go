package media

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// A metaPart holds the fields of the meta part.
type metaPart map[string]json.RawMessage

// newMeta starts with the caller's fields. They win over fields that are set later.
func newMeta(explicit any) (metaPart, error) {
	m := metaPart{}
	if explicit == nil {
		return m, nil
	}
	data, err := marshal(explicit)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("a %T is not a JSON object; use a map, a struct or a json.RawMessage", explicit)
	}
	if m == nil { // for null
		m = metaPart{}
	}
	return m, nil
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
	data, err := marshal(value)
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
	return marshal(m)
}

// marshal does not escape HTML characters. It refuses strings that are not UTF-8, which
// encoding/json would replace with \ufffd.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
	if unescaped := bytes.ReplaceAll(data, []byte(`\\`), nil); !utf8.Valid(data) || bytes.Contains(unescaped, []byte(`\ufffd`)) {
		return nil, errors.New("a string is not UTF-8; convert it (from GBK?) first")
	}
	return data, nil
}
