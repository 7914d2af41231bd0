package jsonx

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
)

const anObject = "; a body is an object: pass an M or a struct"

// Body marshals a body, once: its result is signed and sent. It refuses what is not an
// object in JSON, and what encoding/json would write as something else than the caller
// means, such as a reader as {}.
func Body(v any) ([]byte, error) {
	if _, isForm := v.(url.Values); isForm {
		return nil, fmt.Errorf("is a %T, which is a form%s", v, anObject)
	}
	data, err := Encode(v)
	if err != nil {
		if e := (*unfitError)(nil); errors.As(err, &e) {
			e.body = len(e.path) == 0
		}
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
	return nil, fmt.Errorf("is a %T, in JSON %s%s, or JSON text as a json.RawMessage", v, kind, anObject)
}
