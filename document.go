package wechatpay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// A Document is a JSON body that is built or changed by path. It is an immutable
// value: each step gives a new one and leaves the old as it was. What goes wrong
// on the way is kept, and returned by Bytes or by the call that sends it.
//
//	body := wechatpay.NewDocument(base).
//		Set("amount.total", 100).
//		Set("detail.goods_detail.0.quantity", 1)
//	c.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: body})
type Document struct {
	data []byte
	err  error
}

// NewDocument starts with a body: anything that [Options].JSON takes, or nil for
// an empty object.
func NewDocument(body any) Document {
	if body == nil {
		return Document{}
	}
	data, err := encodeBody(body)
	if err != nil {
		err = fmt.Errorf("the Document's start %w", err)
	}
	return Document{data, err}
}

// Set puts a value at a path of the form that sjson has: keys and array indexes
// between dots, -1 to append, a dot or another special character in a key escaped
// by a backslash. The value is marshalled as a body is; nil is refused, since
// WeChat Pay takes no null: use Delete. What is not an object or a list is not
// turned into one, and no gap is left in a list.
//
// https://github.com/tidwall/sjson#path-syntax
func (d Document) Set(path string, value any) Document {
	if err := checkPlace(gjson.ParseBytes(d.object()), path); err != nil {
		return d.step("Set", path, nil, err)
	}
	raw, err := encodeBody(value)
	if err != nil {
		return d.step("Set", path, nil, fmt.Errorf("the value %w", err))
	}
	data, err := sjson.SetRawBytes(d.object(), path, raw)
	return d.step("Set", path, data, err)
}

// Delete takes away what is at the path, if anything.
func (d Document) Delete(path string) Document {
	data, err := sjson.DeleteBytes(d.object(), path)
	return d.step("Delete", path, data, err)
}

// checkPlace refuses the paths with which sjson would do nothing, or something
// else than was meant, without a word.
func checkPlace(at gjson.Result, path string) error {
	for _, key := range splitPath(path) {
		if i := strings.IndexAny(key, "*?#|@"); i >= 0 && (i == 0 || key[i-1] != '\\') {
			return fmt.Errorf("%q does not name a single place; escape %q with a backslash if it belongs to the key", key, key[i:i+1])
		}
		index, err := strconv.Atoi(key)
		switch {
		case key == "":
			return errors.New("a key is empty")
		case at.Exists() && !at.IsObject() && !at.IsArray():
			return fmt.Errorf("%q would be set inside a %s", key, strings.ToLower(at.Type.String()))
		case at.IsArray() && (err != nil || index < -1 || index > len(at.Array())):
			return fmt.Errorf("%q is not an index of a list of %d; -1 appends", key, len(at.Array()))
		case !at.Exists() && err == nil && index > 0:
			return fmt.Errorf("index %d would leave a gap in a new list", index)
		}
		at = at.Get(key)
	}
	return nil
}

// splitPath splits at the dots that are not escaped.
func splitPath(path string) []string {
	var keys []string
	start := 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\':
			i++
		case '.':
			keys = append(keys, path[start:i])
			start = i + 1
		}
	}
	return append(keys, path[start:])
}

// encodeBody is the one place where a body is marshalled: what it returns is what is
// signed and sent.
func encodeBody(v any) ([]byte, error) {
	if d, ok := v.(Document); ok {
		return d.Bytes()
	}
	return jsonx.Encode(v)
}

func (d Document) step(verb, path string, data []byte, err error) Document {
	switch {
	case d.err != nil:
		return d
	case path == "":
		return Document{err: errors.New("the path of Document." + verb + " is empty")}
	case err != nil:
		return Document{err: fmt.Errorf("Document.%s(%q): %w", verb, path, err)}
	case !json.Valid(data):
		return Document{err: fmt.Errorf("Document.%s(%q): the path does not fit the document", verb, path)}
	}
	return Document{data: data}
}

func (d Document) object() []byte {
	if len(d.data) == 0 {
		return []byte("{}")
	}
	return d.data
}

// Get reads what is at a path, of the form that gjson has.
func (d Document) Get(path string) gjson.Result { return gjson.GetBytes(d.object(), path) }

// Bytes is the document's JSON, or the first error of its making. The bytes must
// not be changed.
func (d Document) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	return d.object(), nil
}

// MarshalJSON lets a Document stand inside of another body.
func (d Document) MarshalJSON() ([]byte, error) { return d.Bytes() }
