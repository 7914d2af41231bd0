package media

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// A metaPart are the fields of the meta part while it is made.
type metaPart map[string]json.RawMessage

// newMeta begins with the caller's fields, which win over what is set later.
func newMeta(own any) (metaPart, error) {
	m := metaPart{}
	if own == nil {
		return m, nil
	}
	data, err := marshal(own)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("a %T is no JSON object; use a map, a struct or a json.RawMessage", own)
	}
	if m == nil { // for null
		m = metaPart{}
	}
	return m, nil
}

// lacks tells whether a field is wanted and not there.
func (m metaPart) lacks(name string) bool {
	_, there := m[name]
	return name != "" && name != Omit && !there
}

// set puts a field in, if it is lacking.
func (m metaPart) set(name, value string) error {
	if !m.lacks(name) {
		return nil
	}
	data, err := marshal(value)
	m[name] = data
	return err
}

// tell sets what is to be told of the file, and returns the JSON of all.
func (m metaPart) tell(name string, form Form, found findings) ([]byte, error) {
	for _, field := range [][2]string{
		{form.NameField, name}, {form.DigestField, found.digest}, {form.AlgorithmField, form.Algorithm},
	} {
		if err := m.set(field[0], field[1]); err != nil {
			return nil, err
		}
	}
	return marshal(m)
}

// marshal escapes no HTML characters. What is not UTF-8 is refused: encoding/json would
// put a \ufffd in its place, which it writes for nothing else.
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
