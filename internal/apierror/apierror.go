// Package apierror recognizes the body of an error of WeChat Pay, and what it says about the
// outcome of a request. The signature of a reply covers its body, but not its status.
package apierror

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// Parse returns a body that is a JSON object. For any other body, ok is false and the result
// has no fields.
func Parse(data []byte) (body gjson.Result, ok bool) {
	body = gjson.ParseBytes(data)
	if !body.IsObject() || !json.Valid(data) { // gjson's own check recurses without bound
		return gjson.Result{}, false
	}
	return body, true
}

// Code returns the code of an error body, or "" for any other body. An error body is an
// object with a code in capitals and a message.
func Code(data []byte) string {
	if !bytes.Contains(data, []byte(`"code"`)) {
		return "" // as almost every body
	}
	body, ok := Parse(data)
	code := body.Get("code")
	if !ok || code.Type != gjson.String || body.Get("message").Type != gjson.String {
		return ""
	}
	const longest = 64
	if len(code.Str) > longest || strings.Trim(code.Str, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return ""
	}
	return code.Str
}

// tooFrequent are the rate-limit codes, in all their spellings.
var tooFrequent = []string{"FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEED", "RATELIMIT_EXCEEDED", "RATE_LIMITED"}

// TooFrequent reports whether code means that a request was not accepted because of a rate
// limit.
func TooFrequent(code string) bool { return slices.Contains(tooFrequent, code) }

// pending are the codes of payments that are not final.
var pending = []string{"USERPAYING", "USER_PAYING", "BANK_ERROR", "BANKERROR", "PROCESSING", "SEND_FAILED"}

// Pending reports whether code means that a payment is not final.
func Pending(code string) bool { return slices.Contains(pending, code) }

// failures are the codes of a failure at WeChat Pay, documented with a 5xx.
var failures = []string{"SYSTEM_ERROR", "SYSTEMERROR", "SERVICE_UNAVAILABLE", "BIZERR_NEED_RETRY"}

// Final reports whether code proves, with a 4xx, that a request had no effect.
func Final(code string) bool {
	return code != "" && !Pending(code) && !slices.Contains(failures, code)
}

// common are the codes that every endpoint has.
var common = []string{"PARAM_ERROR", "INVALID_REQUEST", "SIGN_ERROR", "NO_AUTH"}

// Refuses reports whether the body of a 4xx proves that a request had no effect. A success of
// some endpoints has a code and a message too; of these only the codes that every endpoint
// has are errors.
func Refuses(method, path string, data []byte) bool {
	code := Code(data)
	if !Final(code) || slices.Contains(common, code) || TooFrequent(code) {
		return Final(code)
	}
	traits, _ := endpoint.LookupBelow(method, path)
	return !traits.ReplyCode
}

// Contradicts reports whether the body of a 2xx is certainly an error: the endpoint is
// documented, and its reply has no code.
func Contradicts(method, path string, data []byte) bool {
	if Code(data) == "" {
		return false
	}
	traits, known := endpoint.LookupDocumented(method, path)
	return known && !traits.ReplyCode
}
