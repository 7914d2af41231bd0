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

// A Document is a JSON body that is built or changed by path. It is immutable: each method
// returns a new Document. The first error is kept, and returned by Bytes or by the call
// that sends the Document.
//
//	body := wechatpay.NewDocument(base).
//		Set("amount.total", 100).
//		Set("detail.goods_detail.0.quantity", 1)
//	c.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: body})
type Document struct {
	data []byte
	err  error
}

// NewDocument returns a Document of a body: any value that [Options].JSON accepts, or nil
// for an empty object.
func NewDocument(body any) Document {
	if body == nil {
		return Document{}
	}
	data, err := encodeBody(body)
	if err != nil {
		err = fmt.Errorf("NewDocument: the value %w", err)
	}
	return Document{data, err}
}

// Set sets the value at a path in the syntax of sjson: keys and list indexes separated by
// dots, -1 to append, special characters in a key escaped by a backslash. The value is
// marshalled like a body. It is an error to set nil, since WeChat Pay refuses null (use
// Delete), to set a key inside of a scalar, or to leave a gap in a list.
//
// https://github.com/tidwall/sjson#path-syntax
func (d Document) Set(path string, value any) Document {
	if err := checkPath(gjson.ParseBytes(d.object()), path); err != nil {
		return d.step("Set", path, nil, err)
	}
	raw, err := jsonx.Encode(value)
	if err != nil {
		return d.step("Set", path, nil, fmt.Errorf("the value %w", err))
	}
	data, err := sjson.SetRawBytes(d.object(), path, raw)
	return d.step("Set", path, data, err)
}

// Delete removes the value at a path, if there is one.
func (d Document) Delete(path string) Document {
	data, err := sjson.DeleteBytes(d.object(), path)
	return d.step("Delete", path, data, err)
}

// checkPath refuses the paths that sjson would silently ignore or misinterpret.
func checkPath(at gjson.Result, path string) error {
	for _, key := range splitPath(path) {
		if i := strings.IndexAny(key, "*?#|@"); i >= 0 && (i == 0 || key[i-1] != '\\') {
			return fmt.Errorf("%q matches more than one value; escape %q with a backslash if it belongs to the key", key, key[i:i+1])
		}
		index, err := strconv.Atoi(key)
		switch {
		case key == "":
			return errors.New("a key is empty")
		case at.Exists() && !at.IsObject() && !at.IsArray():
			return fmt.Errorf("%q would be set inside of a %s", key, strings.ToLower(at.Type.String()))
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

// encodeBody marshals a body, once: its result is signed and sent.
func encodeBody(v any) ([]byte, error) {
	if d, ok := v.(Document); ok {
		return d.Bytes()
	}
	return jsonx.Body(v)
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
		return Document{err: fmt.Errorf("Document.%s(%q): the path does not match the document", verb, path)}
	}
	return Document{data: data}
}

func (d Document) object() []byte {
	if len(d.data) == 0 {
		return []byte("{}")
	}
	return d.data
}

// Get returns the value at a path in the syntax of gjson.
func (d Document) Get(path string) gjson.Result { return gjson.GetBytes(d.object(), path) }

// Bytes returns the JSON of the document, or its first error. The caller must not modify
// it.
func (d Document) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	return d.object(), nil
}

// MarshalJSON makes a Document usable as a value in another body.
func (d Document) MarshalJSON() ([]byte, error) { return d.Bytes() }
