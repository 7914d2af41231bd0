package wechatpay

import (
	"fmt"
	"slices"
	"sync/atomic"

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
type Document struct{ last *change } // nil is an empty object

// A change is a step from one Document to the next. Changes are made together, once somebody
// reads the text, so that many of them take time in proportion to their number.
type change struct {
	verb, path, value string // value is the JSON of Set

	// The text is stored before before is dropped, which would keep all earlier texts alive.
	before atomic.Pointer[change]
	text   atomic.Pointer[documentText]
}

// A documentText is what the changes up to one come to.
type documentText struct {
	data []byte
	err  error
	tree atomic.Pointer[jsonedit.Tree] // of data, for the first who changes it; may be nil
}

var emptyDocument = &documentText{data: []byte("{}")}

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
	return finished(data, err)
}

func finished(data []byte, err error) Document {
	c := &change{}
	c.text.Store(&documentText{data: data, err: err})
	return Document{c}
}

// Set sets the value at a path: keys and list indexes separated by dots, -1 to append, special
// characters in a key escaped by a backslash, and a colon before a key of digits in a new object.
// It makes the objects and lists on the way that are missing. The value is marshalled like a body,
// at once. It is an error to set nil, since WeChat Pay refuses null (use Delete), to set a key
// inside of a scalar, or to leave a gap in a list.
func (d Document) Set(path string, value any) Document {
	raw, err := jsonx.Encode(value)
	if err != nil {
		if d.result().err != nil {
			return d
		}
		return finished(nil, fmt.Errorf("Document.Set(%q): the value %w", path, err))
	}
	return d.with("Set", path, string(raw))
}

// Delete removes the value at a path, if there is one. An index of -1 is the last of a list.
func (d Document) Delete(path string) Document { return d.with("Delete", path, "") }

func (d Document) with(verb, path, value string) Document {
	c := &change{verb: verb, path: path, value: value}
	c.before.Store(d.last)
	return Document{c}
}

// result returns the text, and makes the changes for it that nobody has asked for yet.
func (d Document) result() *documentText {
	base := emptyDocument
	var changes []*change
	for at := d.last; at != nil; {
		before := at.before.Load()
		if done := at.text.Load(); done != nil { // loaded after before: it is there if that was dropped
			base = done
			break
		}
		changes = append(changes, at)
		at = before
	}
	if len(changes) == 0 || base.err != nil {
		return base
	}
	d.last.text.CompareAndSwap(nil, base.with(changes)) // two may make the same
	d.last.before.Store(nil)
	return d.last.text.Load()
}

// with makes changes, the last of which comes first.
func (t *documentText) with(changes []*change) *documentText {
	tree := t.tree.Swap(nil)
	if tree == nil {
		tree = jsonedit.Parse(string(t.data))
	}
	for _, c := range slices.Backward(changes) {
		var err error
		if c.verb == "Set" {
			err = tree.Set(c.path, c.value)
		} else {
			err = tree.Delete(c.path)
		}
		if err != nil {
			return &documentText{err: fmt.Errorf("Document.%s(%q): %w", c.verb, c.path, err)}
		}
	}
	changed := &documentText{data: tree.Bytes()}
	changed.tree.Store(tree)
	return changed
}

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
	data, err := d.Bytes()
	if err != nil {
		data = emptyDocument.data
	}
	return gjson.GetBytes(data, path)
}

// Bytes returns the JSON of the document, or its first error. The caller must not modify
// it.
func (d Document) Bytes() ([]byte, error) {
	text := d.result()
	return text.data, text.err
}

// MarshalJSON makes a Document usable as a value in another body.
func (d Document) MarshalJSON() ([]byte, error) { return d.Bytes() }
