package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// An Attempt is one sending of a request and its end: what [CheckRetry] decides by.
type Attempt struct {
	Number   int            // 1 for the first
	Request  *http.Request  // as the retry middleware was given it
	Response *http.Response // nil where there is an Err; its Body has been read and can be again
	Err      error
	// NeverSent is set where it is certain that the request did not leave.
	NeverSent bool
	// Repeatable is set where the same request may take effect twice without harm.
	Repeatable bool
	// Verified is set where WeChat Pay signed the Response.
	Verified bool
	// Unverified counts the attempts so far, this one included, whose reply could
	// not be verified.
	Unverified int
}

// CheckRetry is the policy of [Retry]: whether another attempt is useful and safe, and
// why, or why not. It depends on nothing but its argument.
//
//   - What certainly did not leave, or was not accepted (429, or a 4xx that WeChat
//     Pay signed with a code that says that it was too frequent), is sent again
//     regardless of what it is.
//   - What may have been accepted is sent again only if it is repeatable: after
//     errors of the connection, time-outs and 5xx, and once after a reply that
//     could not be verified, since WeChat Pay sends wrong signatures as a probe.
//   - Codes of a pending payment (USERPAYING, BANK_ERROR) call for a query, not for
//     another attempt.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012081726
func CheckRetry(a Attempt) (again bool, reason string) {
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
	case !a.Repeatable:
		return false, "it may have taken effect, and is not known to be repeatable"
	case errors.As(a.Err, &unverified) && !truncated(unverified) && a.Unverified > 1:
		return false, "the reply could not be verified again"
	case errors.As(a.Err, &unverified):
		return true, "the reply could not be verified"
	}
	return true, "the connection failed"
}

// truncated reports a reply whose body ended early, which says nothing about its
// signature.
func truncated(e *VerifyError) bool {
	return !slices.ContainsFunc(verdicts, func(verdict error) bool { return errors.Is(e.Err, verdict) })
}

// tooFrequent are the codes, in all their spellings, of requests that were not
// accepted for being too many.
var tooFrequent = []string{"FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEED", "RATELIMIT_EXCEEDED", "RATE_LIMITED"}

// pending are the codes of payments that are not final yet.
var pending = []string{"USERPAYING", "USER_PAYING", "BANK_ERROR", "BANKERROR"}

func checkStatus(a Attempt) (again bool, reason string) {
	status := a.Response.StatusCode
	code := ""
	if status >= 400 {
		code = replyCode(a.Request.Context(), a.Response)
	}
	switch {
	case status < 400:
		return false, "it succeeded"
	case slices.Contains(pending, code):
		return false, code + ": payment pending; query it"
	case status == http.StatusTooManyRequests, status < 500 && a.Verified && slices.Contains(tooFrequent, code):
		return true, "it was not accepted: too frequent"
	case status < 500 || status == http.StatusNotImplemented:
		return false, fmt.Sprintf("%d is final", status)
	case !a.Repeatable:
		return false, "it may have taken effect, and is not known to be repeatable"
	}
	return true, fmt.Sprintf("status %d", status)
}

// replyCode is the code of an error reply, whose body it leaves readable: a word, or
// nothing. Whatever else stands in its place may be anything.
func replyCode(ctx context.Context, resp *http.Response) string {
	data, err := ReadReply(resp, callstate.InfoOf(ctx).MaxReply)
	if err != nil || !json.Valid(data) { // gjson's own check recurses without bound
		return ""
	}
	const longest = 64
	code := gjson.GetBytes(data, "code")
	if code.Type != gjson.String || len(code.Str) > longest || strings.Trim(code.Str, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return ""
	}
	return code.Str
}

// businessNumbers are the fields by which WeChat Pay knows a request again: the
// same number with the same fields takes effect once.
var businessNumbers = []string{
	"out_trade_no", "combine_out_trade_no", "out_refund_no", "out_bill_no", "out_batch_no", "out_order_no",
	"out_return_no", "out_request_no", "out_transfer_no", "out_apply_no", "out_contract_code",
}

// repeatable reports whether a request may take effect twice without harm: it
// changes nothing, it bears an Idempotency-Key or a business number, or its caller
// said so.
func repeatable(r *http.Request, idempotent *bool, body []byte) bool {
	if idempotent != nil {
		return *idempotent
	}
	switch method(r) {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	if r.Header.Get("Idempotency-Key") != "" {
		return true
	}
	if !strings.Contains(r.Header.Get("Content-Type"), "json") {
		return false
	}
	if traits, _ := endpoint.LookupBelow(r.Method, r.URL.Path); traits.Reference {
		return false
	}
	fields := gjson.ParseBytes(body)
	return fields.IsObject() && slices.ContainsFunc(businessNumbers, func(name string) bool {
		number := fields.Get(name)
		return number.Type == gjson.String && number.Str != ""
	})
}
