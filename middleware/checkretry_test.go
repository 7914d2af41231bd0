package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestCheckRetry is the official guidance, row by row: what is sent again, and what is
// not, for a request that may take effect once only, and for one that is repeatable.
func TestCheckRetry(t *testing.T) {
	probe := &middleware.VerifyError{Response: response(200, ""), Err: fmt.Errorf("%w: %w", signer.ErrProbe, signer.ErrSignature)}
	cutOff := response(200, "")
	cutOff.ContentLength = 1
	_, err := middleware.ReadReply(cutOff, 0)
	cut := &middleware.VerifyError{Response: cutOff, Err: err}
	unavailable := &middleware.VerifyError{Response: response(200, ""), Err: errors.New("key service unavailable")}
	large := &middleware.VerifyError{Response: response(200, ""), Err: middleware.ErrTooLarge}
	for _, tc := range []struct {
		name             string
		attempt          middleware.Attempt
		once, repeatable bool
	}{
		{"200", middleware.Attempt{Response: response(200, "")}, false, false},
		{"302", middleware.Attempt{Response: response(302, "")}, false, false},
		{"400 PARAM_ERROR", middleware.Attempt{Response: code(400, "PARAM_ERROR")}, false, false},
		{"401 SIGN_ERROR", middleware.Attempt{Response: code(401, "SIGN_ERROR")}, false, false},
		{"403 NO_AUTH", middleware.Attempt{Response: code(403, "NO_AUTH")}, false, false},
		{"404 ORDER_NOT_EXIST", middleware.Attempt{Response: code(404, "ORDER_NOT_EXIST")}, false, false},
		{"429", middleware.Attempt{Response: response(429, "<html>")}, false, true},
		{"429 RATELIMIT_EXCEEDED", middleware.Attempt{Response: code(429, "RATELIMIT_EXCEEDED")}, false, true},
		{"429 RATELIMIT_EXCEEDED, signed", middleware.Attempt{Response: code(429, "RATELIMIT_EXCEEDED"), Verified: true}, true, true},
		{"a signed success as 429", middleware.Attempt{Response: response(429, `{"prepay_id":"1"}`), Verified: true}, false, true},
		{"a redirect", middleware.Attempt{Err: &middleware.VerifyError{Response: response(307, ""), Err: middleware.ErrRedirect}}, false, false},
		{"403 FREQUENCY_LIMITED of a refund", middleware.Attempt{Response: code(403, "FREQUENCY_LIMITED"), Verified: true}, true, true},
		{"the same by nobody", middleware.Attempt{Response: code(403, "FREQUENCY_LIMITED")}, false, false},
		{"the same as a 503", middleware.Attempt{Response: code(503, "FREQUENCY_LIMITED"), Verified: true}, false, true},
		{"403 RATELIMIT_EXCEED of a sharing", middleware.Attempt{Response: code(403, "RATELIMIT_EXCEED"), Verified: true}, true, true},
		{"500 SYSTEM_ERROR", middleware.Attempt{Response: code(500, "SYSTEM_ERROR")}, false, true},
		{"500 without a body", middleware.Attempt{Response: response(500, "")}, false, true},
		{"500 BANK_ERROR wants a query", middleware.Attempt{Response: code(500, "BANK_ERROR")}, false, false},
		{"400 USERPAYING wants a query", middleware.Attempt{Response: code(400, "USERPAYING")}, false, false},
		{"501", middleware.Attempt{Response: response(501, "")}, false, false},
		{"502 in HTML", middleware.Attempt{Response: response(502, "<html>")}, false, true},
		{"503 SERVICE_UNAVAILABLE", middleware.Attempt{Response: code(503, "SERVICE_UNAVAILABLE")}, false, true},
		{"never sent", middleware.Attempt{Err: syscall.ECONNREFUSED, NeverSent: true}, true, true},
		{"connection reset", middleware.Attempt{Err: syscall.ECONNRESET}, false, true},
		{"time-out of the attempt", middleware.Attempt{Err: context.DeadlineExceeded}, false, true},
		{"reply cut off", middleware.Attempt{Err: cut}, false, true},
		{"reply cut off again", middleware.Attempt{Err: cut, Unverified: 2}, false, true},
		{"reply not verified", middleware.Attempt{Err: probe, Unverified: 1}, false, true},
		{"reply not verified again", middleware.Attempt{Err: probe, Unverified: 2}, false, false},
		{"verifier unavailable", middleware.Attempt{Err: unavailable, Unverified: 1}, false, true},
		{"verifier unavailable again", middleware.Attempt{Err: unavailable, Unverified: 2}, false, false},
		{"reply too large", middleware.Attempt{Err: large}, false, false},
		{"refused by a middleware", middleware.Attempt{Err: fmt.Errorf("%w: x", middleware.ErrNotSent), NeverSent: true}, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, row := range []struct {
				name       string
				repeatable bool
				want       bool
			}{
				{"once", false, tc.once},
				{"repeatable", true, tc.repeatable},
			} {
				t.Run(row.name, func(t *testing.T) {
					a := tc.attempt
					a.Number, a.Idempotent, a.Request = 1, row.repeatable, request(t, "POST", "https://api.mch.weixin.qq.com/v3/x", nil)
					again, reason := middleware.CheckRetry(a)
					assert.Equal(t, row.want, again, "%s, repeatable %v: %s", tc.name, row.repeatable, reason)
					assert.NotEmpty(t, reason, tc.name)
				})
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	again, _ := middleware.CheckRetry(middleware.Attempt{Request: request(t, "GET", "https://x/", nil).WithContext(ended), Response: response(429, "")})
	assert.False(t, again)
}
