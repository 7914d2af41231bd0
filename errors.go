package wechatpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// ErrInvalid means that a call was invalid and nothing was sent. The text of the error names
// the problem and the fix.
var ErrInvalid = errors.New("invalid call")

// Errors that a [*VerifyError] may wrap.
var (
	ErrMissingHeader = signer.ErrMissingHeader // a header of the signature is missing
	ErrClock         = signer.ErrClock         // the timestamp is more than five minutes off
	ErrUnknownKey    = signer.ErrUnknownKey    // the signing key is not among the PlatformKeys
	ErrSignature     = signer.ErrSignature     // the signature does not match the reply
	ErrScheme        = signer.ErrScheme        // the reply is for another kind of caller
	ErrProbe         = signer.ErrProbe         // the same, in a signature probe of WeChat Pay
)

// ErrReplayed means that the signature of a reply was seen before; see
// [Config].RefuseReplays.
var ErrReplayed = middleware.ErrReplayed

// ErrTooLarge means that a reply is larger than [Config].MaxReply.
var ErrTooLarge = middleware.ErrTooLarge

// A VerifyError is a reply whose signature could not be verified; see
// [middleware.VerifyError].
type VerifyError = middleware.VerifyError

// An APIError is a reply with a status other than 2xx, with any body, JSON or not. It is also
// a signed 2xx with an error as its body, if the reply of the endpoint is documented and has
// no code: the signature covers the body, but not the status.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
type APIError struct {
	StatusCode int
	Code       string          // such as "PARAM_ERROR"; may be empty
	Message    string          // for humans; may change at any time
	Detail     json.RawMessage // of any JSON type; may be nil
	RequestID  string          // for WeChat Pay's support
	// Verified is true if the signature of the reply was valid. Errors of gateways, and
	// 401 SIGN_ERROR, are not signed. Never settle an order by an error that is not
	// verified: a 404 ORDER_NOT_EXIST may come from anything on the way.
	Verified bool
	Response *Response `json:"-"`

	Method, Path string // of the call; the path has its variables unexpanded

	// Hint is the result of [Config].Hint for a path that WeChat Pay does not know.
	Hint string

	// Attempts is the number of attempts, and Stopped the reason for no further one.
	Attempts int
	Stopped  string

	earlier   bool   // an earlier attempt may have taken effect
	noRefusal bool   // the body may be something else than an error, whatever its Code
	refused   bool   // APIv2: it was certainly not done
	reads     bool   // APIv2: the call takes no effect
	next      string // what to do about it; may be empty
}

func newAPIError(route, method string, r *Response) *APIError {
	e := &APIError{
		StatusCode: r.StatusCode, RequestID: r.RequestID(), Verified: r.Verified, Response: r,
		Method: method, Path: route,
	}
	if body, ok := apierror.Parse(r.data); ok {
		e.Code, e.Message = jsonx.Text(body.Get("code")), jsonx.Text(body.Get("message"))
		if detail := body.Get("detail"); detail.Exists() && detail.Type != gjson.Null {
			e.Detail = json.RawMessage(detail.Raw)
		}
	}
	return e
}

// OutcomeUnknown reports whether the call may have taken effect. It has not if the status is
// a 4xx, its body is an error, and WeChat Pay signed it or the status is 401 or 429, which
// precede processing; unless an earlier attempt may have taken effect. An error is a body with
// a Code and a Message. Codes that are documented with a 5xx, or that say that a payment is
// pending, such as SYSTEM_ERROR and USERPAYING, leave the outcome unknown.
func (e *APIError) OutcomeUnknown() bool {
	if e == nil || e.reads || httprule.IsSafe(e.Method) {
		return false
	}
	return e.earlier || !e.settles()
}

// settles reports whether the reply proves that the answered request had no effect.
func (e *APIError) settles() bool {
	if e.refused {
		return true
	}
	if e.noRefusal || !apierror.Final(e.Code) {
		return false
	}
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusTooManyRequests:
		return true
	}
	return e.StatusCode/100 == 4 && e.Verified
}

// Field returns the invalid field that Detail names, such as "/amount/total", or "".
func (e *APIError) Field() string {
	if e == nil {
		return ""
	}
	return jsonx.Text(gjson.GetBytes(e.Detail, "field"))
}

// ManualID returns the number of the error in WeChat Pay's troubleshooting manuals, such as
// "268435461": what stands behind the last hyphen of the RequestID. It tells more than Code, which
// many causes share. It is "" if there is none.
func (e *APIError) ManualID() string {
	if e == nil {
		return ""
	}
	return apierror.ManualID(e.RequestID)
}

// Error returns the status, code, message, field and request id, and what is not verified.
func (e *APIError) Error() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "wechatpay: %s %s: %d", e.Method, e.Path, e.StatusCode)
	if e.Code != "" {
		b.WriteString(" " + errtext.Printable(e.Code))
	} else {
		b.WriteString(" " + http.StatusText(e.StatusCode))
	}
	if e.Message != "" {
		b.WriteString(": " + errtext.Printable(e.Message))
	}
	if field := e.Field(); field != "" {
		b.WriteString(" (field " + errtext.Printable(field) + ")")
	}
	if !e.Verified && (e.Code != "" || e.Message != "") {
		b.WriteString(" (not verified)") // anybody on the way may have written it
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (%d attempts; %s)", e.Attempts, e.Stopped)
	}
	if e.Hint != "" {
		b.WriteString(" (" + errtext.Printable(e.Hint) + ")")
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + errtext.Printable(e.RequestID) + "]")
	}
	if e.next != "" {
		b.WriteString("; " + e.next)
	}
	return b.String()
}

// A CallError is a call that returns no [*Response], and no [*APIError]. Err wraps
// [ErrInvalid], [middleware.ErrNotSent], a [*VerifyError], a [*DecryptError], a
// [*future.PanicError], or an error of the context, the network, a middleware or a Sink.
type CallError struct {
	Method, Path string // the path has its variables unexpanded
	// MaybeSent is false if it is certain whether the request took effect: it has after a
	// verified [*DecryptError]; it has not if it was invalid, not sent, or its method is safe.
	MaybeSent bool
	Err       error

	sent *url.URL // nil if the call was invalid
	next string   // what to do about it; may be empty
}

// Error returns the call, the cause with the Path in place of every URL in it, and what to do.
func (e *CallError) Error() string {
	if e == nil {
		return "<nil>"
	}
	text := fmt.Sprintf("wechatpay: %s %s: %s", e.Method, e.Path, errtext.Without(errtext.Of(e.Err), e.sent, e.Path))
	if e.next != "" {
		text += "; " + e.next
	}
	return text
}

// Unwrap returns Err.
func (e *CallError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// OutcomeUnknown returns MaybeSent.
func (e *CallError) OutcomeUnknown() bool { return e != nil && e.MaybeSent }

// A DecryptError is a verified reply with a field that could not be decrypted. The call has
// taken effect, and the Response has all other fields.
type DecryptError struct {
	Response *Response // with its fields still encrypted
	Err      error     // wraps [cipher.ErrDecrypt], or names the missing field
}

// Error returns the field and the cause, without the value.
func (e *DecryptError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return "the reply cannot be decrypted: " + errtext.Of(e.Err)
}

// Unwrap returns Err.
func (e *DecryptError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// A DecodeError lists, as Mismatches, the values of a reply that could not be decoded
// without loss: each by its Path in the JSON and its two types, never by its value. All
// other fields have been filled.
type DecodeError = jsonx.DecodeError

// decryptFields decrypts the fields of a verified reply.
func decryptFields(ctx context.Context, r *Response, fields cipher.Fields) error {
	data, err := fields.Map(r.data, func(value string) (string, error) { return cipher.Decrypt(ctx, r.decrypter, value) })
	if err != nil {
		return &DecryptError{Response: r, Err: err}
	}
	r.data = data
	return nil
}

var errNoDecrypter = errors.New("the client has no Decrypter; set Config.Decrypter, or a PrivateKey that can decrypt")

// OutcomeUnknown reports whether the call that failed with err may have taken effect: its
// reply could not be verified, the connection broke or the time-out expired after sending,
// or the reply was a 5xx, an unsigned 4xx, or a 4xx whose body is not an error. If so, first
// query the order by the same business number, and never repeat the call with a new one. It
// is true for joined errors if it is true for one of them. It is also true for a future that
// was cancelled or abandoned, or whose callback panicked; the future of the call itself may
// know more.
//
// It is false for safe methods such as GET, for calls that were not sent, and for an error that
// WeChat Pay signed as a 4xx or sent as 401 or 429, which precede processing. It is true if
// the code of such an error says that a payment is pending, such as USERPAYING.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
func OutcomeUnknown(err error) bool {
	switch e := err.(type) { //nolint:errorlint // it walks the tree of errors itself
	case nil:
		return false
	case interface{ OutcomeUnknown() bool }:
		return e.OutcomeUnknown()
	case interface{ Unwrap() error }:
		return OutcomeUnknown(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), OutcomeUnknown)
	}
	return false
}

func invalid(err error) error { return fmt.Errorf("%w: %w", ErrInvalid, err) }
