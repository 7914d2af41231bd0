package wechatpay

import (
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/jsonedit"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// A Document is a JSON body that is built or changed by path. It is immutable: each method
// returns a new Document. It is safe for concurrent use. The first error is kept, and returned by
// Bytes or by the call that sends the Document.
//
//	body := wechatpay.NewDocument(base).
//		Set("amount.total", 100).
//		Set("detail.goods_detail.0.quantity", 1)
//	c.Chain("v3/pay/transactions/jsapi").Post(ctx, &wechatpay.Options{JSON: body})
type Document struct{ edited jsonedit.Document }

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
	return Document{jsonedit.NewDocument(data, err)}
}

// Set sets the value at a path: keys and list indexes separated by dots, -1 to append, special
// characters in a key escaped by a backslash, and a colon before a key of digits in a new object.
// It makes the objects and lists on the way that are missing. The value is marshalled like a body,
// at once. It is an error to set nil, since WeChat Pay refuses null (use Delete), to set a key
// inside of a scalar, or to leave a gap in a list.
func (d Document) Set(path string, value any) Document {
	raw, err := jsonx.Encode(value)
	if err == nil {
		return Document{d.edited.Set(path, string(raw))}
	}
	if _, before := d.edited.Bytes(); before != nil {
		return d
	}
	return Document{jsonedit.NewDocument(nil, fmt.Errorf("Document.Set(%q): the value %w", path, err))}
}

// Delete removes the value at a path, if there is one. An index of -1 is the last of a list.
func (d Document) Delete(path string) Document { return Document{d.edited.Delete(path)} }

// encodeBody marshals a body, once: its result is signed and sent.
func encodeBody(v any) ([]byte, error) {
	if d, ok := v.(Document); ok {
		return d.Bytes()
	}
	return jsonx.Body(v)
}

// Get returns the value at a path in the syntax of gjson. It takes time in proportion to the
// length of the document.
//
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
func (d Document) Get(path string) gjson.Result {
	data, err := d.edited.Bytes()
	if err != nil {
		return gjson.Result{}
	}
	return gjson.GetBytes(data, path)
}

// Bytes returns the JSON of the document, or its first error. The caller must not modify
// it.
func (d Document) Bytes() ([]byte, error) { return d.edited.Bytes() }

// MarshalJSON makes a Document usable as a value in another body.
func (d Document) MarshalJSON() ([]byte, error) { return d.Bytes() }
