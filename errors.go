package wechatpay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
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
	ErrProbe         = signer.ErrProbe         // the same, in a signature probe of WeChat Pay
)

// ErrTooLarge means that a reply is larger than [Config].MaxReply.
var ErrTooLarge = middleware.ErrTooLarge

// A VerifyError is a reply whose signature could not be verified; see
// [middleware.VerifyError].
type VerifyError = middleware.VerifyError

// An APIError is a reply with a status other than 2xx, with any body, JSON or not.
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
	// verified.
	Verified bool
	Response *Response `json:"-"`

	Method, Path string // of the call; the path has its variables unexpanded

	// Hint is the result of [Config].Hint for a path that WeChat Pay does not know.
	Hint string

	// Attempts is the number of attempts, and Stopped the reason for no further one.
	Attempts int
	Stopped  string

	earlier bool   // an earlier attempt may have taken effect
	next    string // what to do about it; may be empty
}

func newAPIError(route, method string, r *Response) *APIError {
	e := &APIError{
		StatusCode: r.StatusCode, RequestID: r.RequestID(), Verified: r.Verified, Response: r,
		Method: method, Path: route,
	}
	if body := gjson.ParseBytes(r.data); body.IsObject() && json.Valid(r.data) { // gjson's own check recurses without bound
		e.Code, e.Message = scalarText(body.Get("code")), scalarText(body.Get("message"))
		if detail := body.Get("detail"); detail.Exists() && detail.Type != gjson.Null {
			e.Detail = json.RawMessage(detail.Raw)
		}
	}
	return e
}

// scalarText returns a string or a number as text, and "" for an object or a list.
func scalarText(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return v.String()
}

// OutcomeUnknown reports whether the call may have taken effect. It has not if WeChat Pay
// signed the 4xx, or if the status is 401 or 429, which precede processing; unless an
// earlier attempt may have taken effect.
func (e *APIError) OutcomeUnknown() bool {
	switch {
	case e == nil || safe(e.Method):
		return false
	case e.earlier:
		return true
	case e.StatusCode == http.StatusTooManyRequests || e.StatusCode == http.StatusUnauthorized:
		return false
	case e.StatusCode/100 == 4:
		return !e.Verified
	}
	return true
}

// Field returns the invalid field that Detail names, such as "/amount/total", or "".
func (e *APIError) Field() string {
	if e == nil {
		return ""
	}
	return scalarText(gjson.GetBytes(e.Detail, "field"))
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

// A CallError is the failure of a call without a verified reply. Err wraps [ErrInvalid], a
// [*VerifyError], or an error of the context or the network.
type CallError struct {
	Method, Path string // the path has its variables unexpanded
	// MaybeSent is false only if the request certainly had no effect: it was invalid, it
	// was not sent, or its method is safe.
	MaybeSent bool
	Err       error

	sent *url.URL // nil if the call was invalid
}

// Error returns the call and the cause, with the Path in place of every URL in it.
func (e *CallError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return fmt.Sprintf("wechatpay: %s %s: %s", e.Method, e.Path, errtext.Without(errtext.Of(e.Err), e.sent, e.Path))
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

// OutcomeUnknown reports whether the call that failed with err may have taken effect: its
// reply could not be verified, the connection broke or the time-out expired after sending,
// or the reply was a 5xx or an unsigned 4xx. If so, first query the order by the same
// business number, and never repeat the call with a new one. It is true for joined errors if
// it is true for one of them. It is also true for a future that was cancelled or abandoned,
// or whose callback panicked; the future of the call itself may know more.
//
// It is false for GET requests, for calls that were not sent, for a signed 4xx, and for 401
// and 429, which precede processing. A signed 4xx may still mean that an order is pending,
// such as USERPAYING: check its Code.
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
