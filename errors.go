package wechatpay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// ErrInvalid says that the call was refused as it stood, before anything was sent. The
// text of the error names the problem and the fix.
var ErrInvalid = errors.New("invalid call")

// What a [*VerifyError] can wrap.
var (
	ErrMissingHeader = signer.ErrMissingHeader // a header of the signature is missing
	ErrClock         = signer.ErrClock         // the timestamp is more than five minutes off
	ErrUnknownKey    = signer.ErrUnknownKey    // the key that signed is not among the PlatformKeys
	ErrSignature     = signer.ErrSignature     // the signature does not fit the reply
	ErrProbe         = signer.ErrProbe         // the same, sent by WeChat Pay on purpose
)

// ErrTooLarge says that the reply is larger than [Config].MaxReply.
var ErrTooLarge = middleware.ErrTooLarge

// A VerifyError is a reply that cannot be trusted; see [middleware.VerifyError].
type VerifyError = middleware.VerifyError

// An APIError is an error that WeChat Pay answered with: any status but 2xx,
// with any body, JSON or not.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
type APIError struct {
	StatusCode int
	Code       string          // such as "PARAM_ERROR"; may be empty
	Message    string          // for humans; may change at any time
	Detail     json.RawMessage // of any JSON type; may be nil
	RequestID  string          // what WeChat Pay's support asks for
	// Verified says that the reply bore a good signature. Errors of gateways, and
	// 401 SIGN_ERROR, bear none: settle no order by an error that is not verified.
	Verified bool
	Response *Response

	Method, Path string // of the call; the path as written, placeholders unfilled

	// Hint is what [Config].Hint has to say of a path that WeChat Pay does not know.
	Hint string

	// Attempts is how often the call was sent, and Stopped why it was not sent again.
	Attempts int
	Stopped  string

	earlier bool // an earlier sending may have taken effect
}

func newAPIError(ch Chain, method string, r *Response) *APIError {
	e := &APIError{
		StatusCode: r.StatusCode, RequestID: r.RequestID(), Verified: r.Verified, Response: r,
		Method: method, Path: ch.String(),
	}
	if body := gjson.ParseBytes(r.data); body.IsObject() && json.Valid(r.data) { // gjson's own check recurses without bound
		e.Code, e.Message = scalarText(body.Get("code")), scalarText(body.Get("message"))
		if detail := body.Get("detail"); detail.Exists() && detail.Type != gjson.Null {
			e.Detail = json.RawMessage(detail.Raw)
		}
	}
	return e
}

// scalarText is a value that is text or a number; an object in its place may hold
// anything.
func scalarText(v gjson.Result) string {
	if v.IsObject() || v.IsArray() {
		return ""
	}
	return v.String()
}

// OutcomeUnknown reports whether the call may have taken effect: a 4xx is a refusal if
// WeChat Pay signed it; 401 and 429 come before a request is accepted. What an earlier
// sending has done, no later answer undoes.
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

// Field is the field that Detail finds fault with, such as "/amount/total", or "".
func (e *APIError) Field() string { return scalarText(gjson.GetBytes(e.Detail, "field")) }

// Error holds status, code, message, field and request id.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "wechatpay: %s %s: %d", e.Method, e.Path, e.StatusCode)
	if e.Code != "" {
		b.WriteString(" " + printable(e.Code))
	} else {
		b.WriteString(" " + http.StatusText(e.StatusCode))
	}
	if e.Message != "" {
		b.WriteString(": " + printable(e.Message))
	}
	if field := e.Field(); field != "" {
		b.WriteString(" (field " + printable(field) + ")")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (%d attempts; %s)", e.Attempts, e.Stopped)
	}
	if e.Hint != "" {
		b.WriteString(" (" + printable(e.Hint) + ")")
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + printable(e.RequestID) + "]")
	}
	return b.String()
}

// printable keeps what a server wrote from breaking or flooding a log line.
func printable(s string) string {
	const limit = 300
	count := 0
	return strings.Map(func(c rune) rune {
		switch count++; {
		case count == limit:
			return '…'
		case count > limit:
			return -1
		case c < ' ' || c == 0x7f:
			return ' '
		}
		return c
	}, s)
}

// A CallError is a call that ended without a reply to rely on. Err wraps
// [ErrInvalid], a [*VerifyError], the context's error or the network's.
type CallError struct {
	Method, Path string // the path as written, placeholders unfilled
	// MaybeSent is false where it is certain that WeChat Pay did not act on the
	// request: it was refused, or never left, or its method changes nothing.
	MaybeSent bool
	Err       error
}

// Error holds the call and the cause.
func (e *CallError) Error() string {
	return fmt.Sprintf("wechatpay: %s %s: %v", e.Method, e.Path, e.Err)
}

// Unwrap gives the cause.
func (e *CallError) Unwrap() error { return e.Err }

// OutcomeUnknown is MaybeSent.
func (e *CallError) OutcomeUnknown() bool { return e != nil && e.MaybeSent }

// A DecryptError is a reply that was verified, and of which a field could not be
// decrypted: the call has taken effect, and the Response has everything else.
type DecryptError struct {
	Response *Response // as it came
	Err      error     // wraps [cipher.ErrDecrypt], or says which field is missing
}

// Error holds the field and the reason, nothing of its content.
func (e *DecryptError) Error() string { return "the reply was not decrypted: " + e.Err.Error() }

// Unwrap gives the reason.
func (e *DecryptError) Unwrap() error { return e.Err }

// OutcomeUnknown reports whether a request behind err may have taken effect
// although no reply to rely on says so: the reply could not be verified, the
// connection or the time ended after sending, or the answer was a 5xx, or a 4xx
// that nobody signed. Before anything else, query with the same business number;
// never start over with a new one. Of joined errors, one such is enough. Of a future
// that was cancelled alone, or that was not waited for to its end, or whose callback
// panicked, it is true as well: ask the call's own future for more.
//
// It is false for GET requests, which take no effect, for what was refused before
// sending, for a 4xx that WeChat Pay signed, and for 401 and 429, which are
// answered before a request is accepted. A signed 4xx may still say that an order
// is pending, such as USERPAYING: check its Code.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
func OutcomeUnknown(err error) bool {
	switch e := err.(type) { //nolint:errorlint // it walks the whole tree itself
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
