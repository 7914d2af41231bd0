package jsonx

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// Body marshals a body, once: its result is signed and sent. It refuses what is not an
// object in JSON, and what encoding/json would write as something else than the caller
// means, such as a reader as {}.
func Body(v any) ([]byte, error) {
	if _, isForm := v.(url.Values); isForm {
		return nil, fmt.Errorf("is a %T, which is a form; a body is an object: pass an M or a struct", v)
	}
	data, err := Encode(v)
	if err != nil {
		return nil, err
	}
	var kind string
	switch bytes.TrimLeft(data, " \t\r\n")[0] {
	case '{':
		return data, nil
	case '"':
		kind = "a string"
	case '[':
		kind = "a list"
	case 't', 'f':
		kind = "a boolean"
	default:
		kind = "a number"
	}
	return nil, fmt.Errorf("is a %T, in JSON %s; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage", v, kind)
}

// An unfitError is a value that encoding/json writes as something else than what the
// caller means.
type unfitError struct {
	value any
	path  []string // outermost last
	what  string
	fix   string
}

func (e *unfitError) Error() string {
	if len(e.path) == 0 {
		return fmt.Sprintf("is a %T, %s; a body is an object: pass an M or a struct%s", e.value, e.what, e.fix)
	}
	var path strings.Builder
	for i := len(e.path) - 1; i >= 0; i-- {
		path.WriteString(e.path[i])
		if i > 0 {
			path.WriteByte('.')
		}
	}
	return fmt.Sprintf("holds a %T at %q, %s; pass its text, an M or a struct", e.value, path.String(), e.what)
}

// below adds the key at which err was found.
func below(err error, key string) error {
	if e := (*unfitError)(nil); errors.As(err, &e) {
		e.path = append(e.path, key)
	}
	return err
}

// unfit refuses the values of which encoding/json writes their insides, if anything.
func unfit(v any) error {
	switch v.(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return nil
	case error:
		return &unfitError{value: v, what: "which is an error"}
	case io.Reader:
		return &unfitError{value: v, what: "which is a reader", fix: ", or what io.ReadAll returns"}
	}
	return nil
}
