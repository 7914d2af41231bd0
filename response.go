package wechatpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

// A Response is a reply that has been read whole. It embeds the
// [*http.Response], whose Body can be read once more. Its methods are safe for
// concurrent use; reading its Body is not.
type Response struct {
	*http.Response
	// Verified says that the reply bore a signature of WeChat Pay over exactly
	// these bytes (an overseas statement: over their digest). It is false for the
	// downloads that carry none, for errors that came from a gateway, and where a
	// middleware of your own, outside of verify, made the reply or changed it.
	Verified bool

	data    []byte
	decrypt cipher.Decrypter
}

// Bytes is the raw body, empty for a 204. It must not be changed.
func (r *Response) Bytes() []byte { return r.data }

// Get reads a value of a JSON body by its path, such as "amount.total" or
// "data.#.serial_no". A path that is not there gives a zero Result.
//
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
func (r *Response) Get(path string) gjson.Result { return gjson.GetBytes(r.data, path) }

// Decode unmarshals a JSON body into what v points to.
func (r *Response) Decode(v any) error {
	if len(r.data) == 0 {
		return fmt.Errorf("wechatpay: decoding the reply: it has no body (status %d)", r.StatusCode)
	}
	if err := json.Unmarshal(r.data, v); err != nil {
		return fmt.Errorf("wechatpay: decoding the reply: %w", err)
	}
	return nil
}

// Decrypt decrypts one field of a JSON body, by its path, with the merchant's private
// key: for a reply of a call that had no [Options].Decrypt. The error wraps
// [cipher.ErrNoField] or [cipher.ErrDecrypt].
func (r *Response) Decrypt(ctx context.Context, path string) (string, error) {
	if r.decrypt == nil {
		return "", fmt.Errorf("wechatpay: decrypting %q: %w", path, errNoDecrypter)
	}
	field := gjson.GetBytes(r.data, path)
	switch {
	case !field.Exists():
		return "", fmt.Errorf("wechatpay: decrypting %q: %w", path, cipher.ErrNoField)
	case field.Type != gjson.String:
		return "", fmt.Errorf("wechatpay: decrypting %q: it is no string", path)
	}
	plaintext, err := cipher.Decrypt(ctx, r.decrypt, field.Str)
	if err != nil {
		return "", fmt.Errorf("wechatpay: decrypting %q: %w", path, err)
	}
	return plaintext, nil
}

// RequestID is WeChat Pay's id of the call: what its support asks for.
func (r *Response) RequestID() string { return r.Header.Get("Request-Id") }

// String tells status and size, and nothing of the body.
func (r *Response) String() string {
	return fmt.Sprintf("%d %s (%d bytes)", r.StatusCode, http.StatusText(r.StatusCode), len(r.data))
}
