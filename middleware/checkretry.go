package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
)

// An Attempt is one attempt of a request and its result, the input of [CheckRetry].
type Attempt struct {
	Number   int            // 1 for the first
	Request  *http.Request  // as the retry middleware received it
	Response *http.Response // a copy, whose Body is buffered; nil if Err is set
	Err      error
	// NeverSent means that the request was certainly not written.
	NeverSent bool
	// Idempotent means that repeating the request has no further effect.
	Idempotent bool
	// Verified means that the signature of the Response is valid.
	Verified bool
	// Unverified is the number of attempts so far, this one included, whose reply could
	// not be verified.
	Unverified int
}

// CheckRetry is the default policy of [Retry]. It returns whether to retry, and the reason.
// It depends on its argument only.
//
//   - A request that was certainly not sent, or not accepted (a signed 4xx with a rate-limit
//     code), is retried, idempotent or not.
//   - A request that may have been accepted is retried only if it is idempotent: after
//     connection errors, time-outs, 429 and 5xx, and once after a reply that could not be
//     verified, since WeChat Pay sends wrong signatures as probes. A redirect is final.
//   - A code of a pending payment (USERPAYING, BANK_ERROR) is not retried: query the order.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
func CheckRetry(a Attempt) (again bool, reason string) {
	if a.Request == nil || a.Response == nil && a.Err == nil {
		return false, "there was no attempt"
	}
	if a.Request.Context().Err() != nil {
		return false, "the context has ended"
	}
	if a.Err != nil {
		return checkError(a)
	}
	return checkStatus(a)
}

func checkError(a Attempt) (again bool, reason string) {
	var unverified *VerifyError
	switch {
	case errors.Is(a.Err, ErrNotSent):
		return false, "a middleware refused it"
	case a.NeverSent:
		return true, "it was not sent"
	case errors.Is(a.Err, ErrTooLarge):
		return false, "the reply is too large"
	case errors.Is(a.Err, ErrRedirect):
		return false, "a redirect is not followed"
	case !a.Idempotent:
		return false, "it may have taken effect, and is not known to be repeatable"
	case errors.As(a.Err, &unverified) && !truncated(unverified) && a.Unverified > 1:
		return false, "the reply could not be verified again"
	case errors.As(a.Err, &unverified):
		return true, "the reply could not be verified"
	}
	return true, "the connection failed"
}

// truncated reports whether the body of a reply could not be read to its end, so that its
// signature was not checked.
func truncated(e *VerifyError) bool {
	if e.Response == nil {
		return false
	}
	body, buffered := e.Response.Body.(*replyBody)
	return buffered && body.err != nil
}

func checkStatus(a Attempt) (again bool, reason string) {
	status := a.Response.StatusCode
	code := ""
	if status >= 400 {
		code = replyCode(a.Request.Context(), a.Response)
	}
	switch {
	case status < 400:
		return false, "it succeeded"
	case apierror.Pending(code):
		return false, code + ": payment pending; query it"
	case status < 500 && a.Verified && apierror.TooFrequent(code):
		return true, "it was not accepted: too frequent"
	case status != http.StatusTooManyRequests && status < 500 || status == http.StatusNotImplemented:
		return false, fmt.Sprintf("%d is final", status)
	case !a.Idempotent:
		return false, "it may have taken effect, and is not known to be repeatable"
	}
	return true, fmt.Sprintf("status %d", status)
}

// replyCode returns the code of an error reply, or "" if its body is not an error. The body
// stays readable.
func replyCode(ctx context.Context, resp *http.Response) string {
	data, err := ReadReply(resp, callstate.InfoOf(ctx).MaxReply)
	if err != nil {
		return ""
	}
	return apierror.Code(data)
}

// businessNumbers are the fields by which WeChat Pay recognizes a repeated request: the
// same number with the same fields takes effect once.
var businessNumbers = []string{
	"out_trade_no", "combine_out_trade_no", "out_refund_no", "out_bill_no", "out_batch_no", "out_order_no",
	"out_return_no", "out_request_no", "send_request_no", "out_transfer_no", "out_apply_no", "out_contract_code",
}

// idempotent reports whether a request may be repeated: its method is safe, it has an
// Idempotency-Key or a business number, or its caller marked it.
func idempotent(r *http.Request, idempotent *bool, body []byte) bool {
	if idempotent != nil {
		return *idempotent
	}
	if facts := callstate.InfoOf(r.Context()).V2; facts != nil {
		return facts.Query || facts.Again
	}
	if httprule.IsSafe(method(r)) || r.Header.Get("Idempotency-Key") != "" {
		return true
	}
	if !strings.Contains(r.Header.Get("Content-Type"), "json") {
		return false
	}
	if traits, _ := endpoint.LookupBelow(method(r), r.URL.EscapedPath()); traits.Reference {
		return false
	}
	fields := gjson.ParseBytes(body)
	return fields.IsObject() && slices.ContainsFunc(businessNumbers, func(name string) bool {
		number := fields.Get(name)
		return number.Type == gjson.String && number.Str != ""
	})
}
