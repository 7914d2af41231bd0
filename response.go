package wechatpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// A Response is a buffered reply. It embeds the [*http.Response], whose Body can be read
// again. Its methods are safe for concurrent use; reading its Body is not.
type Response struct {
	*http.Response
	// Verified reports whether WeChat Pay signed exactly these bytes (of an overseas
	// statement: their digest). It is false for unsigned downloads, for errors of a gateway,
	// and if a custom middleware outside of verify made or changed the reply.
	Verified bool

	data      []byte
	object    []byte // data as JSON, if it is XML
	decrypter cipher.Decrypter
}

// Bytes returns the raw body, empty for a 204. It must not be modified.
func (r *Response) Bytes() []byte {
	if r == nil {
		return nil
	}
	return r.data
}

// values is the JSON that Get and Data see: the body, or that of the XML of APIv2.
func (r *Response) values() []byte {
	switch {
	case r == nil:
		return nil
	case r.object != nil:
		return r.object
	}
	return r.data
}

// Get returns a value of a JSON body by its path, such as "amount.total" or
// "data.#.serial_no". It returns a zero Result for a missing path.
//
// A reply of APIv2 is a flat object of texts: Get("coupon_id_0"), and numbered fields also as
// lists, Get("coupon_id_$n.0").
//
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
func (r *Response) Get(path string) gjson.Result { return gjson.GetBytes(r.values(), path) }

// Decode unmarshals a JSON body, or the flat object of texts of APIv2, into what v points to.
func (r *Response) Decode(v any) error {
	switch {
	case isZero(r):
		return errors.New("wechatpay: decoding the reply: it is nil or zero")
	case len(r.data) == 0:
		return fmt.Errorf("wechatpay: decoding the reply: it has no body (status %d)", r.StatusCode)
	}
	if err := json.Unmarshal(r.values(), v); err != nil {
		return fmt.Errorf("wechatpay: decoding the reply: %w", errtext.JSON(err))
	}
	return nil
}

// Decrypt decrypts one field of a JSON body, by its path, with the merchant's private
// key: for a reply of a call that had no [Options].Decrypt. The error wraps
// [cipher.ErrNoField] or [cipher.ErrDecrypt].
func (r *Response) Decrypt(ctx context.Context, path string) (string, error) {
	if r == nil || r.decrypter == nil {
		return "", fmt.Errorf("wechatpay: decrypting %q: %w", path, errNoDecrypter)
	}
	field := r.Get(path)
	switch {
	case ctx == nil:
		return "", fmt.Errorf("wechatpay: decrypting %q: the context is nil; use context.Background()", path)
	case !field.Exists():
		return "", fmt.Errorf("wechatpay: decrypting %q: %w", path, cipher.ErrNoField)
	case field.Type != gjson.String:
		return "", fmt.Errorf("wechatpay: decrypting %q: it is not a string", path)
	}
	plaintext, err := cipher.Decrypt(ctx, r.decrypter, field.Str)
	if err != nil {
		err = fmt.Errorf("wechatpay: decrypting %q: %w", path, err)
	}
	return plaintext, err
}

// RequestID returns WeChat Pay's id of the request, which its support needs.
func (r *Response) RequestID() string {
	if isZero(r) {
		return ""
	}
	return r.Header.Get("Request-Id")
}

// isZero reports whether r is nil or zero, as no call returns it. It is no method, as
// each Reply would have one.
func isZero(r *Response) bool { return r == nil || r.Response == nil }

// String returns the status and the size, without the body.
func (r *Response) String() string {
	if isZero(r) {
		return "no reply"
	}
	return fmt.Sprintf("%d %s (%d bytes)", r.StatusCode, http.StatusText(r.StatusCode), len(r.data))
}

// A Reply is a response whose JSON is known to be a T. It embeds the [*Response], so
// that fields which T does not have are not lost: Get and Bytes see all of it.
type Reply[T any] struct{ *Response }

// Data decodes the reply. A value of another type than documented is converted where
// nothing is lost: "600" or 600.0 for an integer, a number or an object for a string, [] or
// "" for an object that is absent. Fields that the reply does not have are zero; an empty
// body is the zero T.
//
// The error wraps a [*DecodeError] that lists what could not be converted; all other fields
// are set. An amount of another type is never a zero without an error. The call itself has
// succeeded.
func (r *Reply[T]) Data() (data T, err error) {
	var response *Response
	if r != nil {
		response = r.Response
	}
	err = decodeReply(response, &data)
	return data, err
}

// decodeReply is what Data does whatever its type, and so is compiled once.
func decodeReply(r *Response, into any) error {
	if isZero(r) {
		return errors.New("wechatpay: decoding the reply: nil Reply")
	}
	if len(r.data) == 0 {
		return nil
	}
	if err := jsonx.Decode(r.values(), into); err != nil {
		return fmt.Errorf("wechatpay: decoding the reply: %w", err)
	}
	return nil
}

// As types the reply of a dynamic call, and returns the call's error as it is:
//
//	order, err := wechatpay.As[pay.TransactionsIDGetReply](chain.Get(ctx, opts))
func As[T any](r *Response, err error) (*Reply[T], error) {
	if err != nil {
		return nil, err
	}
	return Typed[T](r)
}

// Typed is [As] as the callback of a future, and never fails:
//
//	f := future.Then(chain.GetAsync(ctx, opts), wechatpay.Typed[pay.TransactionsIDGetReply])
func Typed[T any](r *Response) (*Reply[T], error) { return &Reply[T]{r}, nil }
