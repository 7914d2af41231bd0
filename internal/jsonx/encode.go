package jsonx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"
)

// Encode marshals a value of a body. Its times are written as WeChat Pay writes them.
func Encode(v any) ([]byte, error) {
	switch v := v.(type) {
	case json.RawMessage:
		return bytes.Clone(v), checkJSON(v) // the caller may reuse its bytes
	case []byte:
		return bytes.Clone(v), checkJSON(v)
	}
	prepared, _, err := prepare(v, 0)
	if err != nil {
		return nil, err
	}
	data, err := Marshal(prepared)
	if err != nil {
		return nil, err
	}
	if string(data) == "null" {
		return nil, fmt.Errorf("is a nil %T; leave it unset for an empty body", v)
	}
	return data, nil
}

// Marshal is json.Marshal without HTML escaping. It refuses invalid UTF-8, which
// encoding/json would silently replace.
func Marshal(v any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // it holds nothing else
	defer release(b)
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("cannot be marshalled: %w", err)
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
	if !utf8.Valid(data) || replaced(data) {
		return nil, errors.New("holds a string that is not UTF-8; convert it (from GBK?) first")
	}
	return bytes.Clone(data), nil
}

// buffers are reused by Marshal, which returns copies of their contents.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func release(b *bytes.Buffer) {
	const most = 64 << 10 // a larger one would keep its memory
	if b.Cap() <= most {
		b.Reset()
		buffers.Put(b)
	}
}

// replaced reports whether encoding/json replaced invalid UTF-8 by \ufffd. It escapes
// neither a U+FFFD in the input nor a backslash in this way.
func replaced(data []byte) bool {
	for {
		before, rest, found := bytes.Cut(data, []byte(`\ufffd`))
		if !found {
			return false
		}
		if backslashes := len(before) - len(bytes.TrimRight(before, `\`)); backslashes%2 == 0 {
			return true
		}
		data = rest
	}
}

func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("is not UTF-8")
	}
	if !json.Valid(data) {
		return errors.New("is not valid JSON")
	}
	if string(bytes.TrimSpace(data)) == "null" {
		return errors.New("is null, which WeChat Pay refuses; leave it unset for an empty body")
	}
	if key, twice := DuplicateKey(string(data)); twice {
		return fmt.Errorf("has %.80q twice in one object, of which WeChat Pay may take either; remove one", key)
	}
	return nil
}
