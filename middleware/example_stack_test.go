package middleware_test

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

func ExampleStack() {
	pass := func(next http.RoundTripper) http.RoundTripper { return next }
	var stack middleware.Stack
	for _, name := range []string{"retry", "verify", "sign"} {
		if err := stack.Push(name, pass); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(stack.Before("verify", "trace", pass), &stack)
	fmt.Println(stack.After("cache", "limit", pass))
	// Output:
	// <nil> retry → trace → verify → sign → transport
	// middleware: the stack has no "cache": retry → trace → verify → sign → transport
}

func ExampleCheckRetry() {
	lost := middleware.Attempt{Number: 1, Err: errors.New("connection reset"), Request: &http.Request{Method: http.MethodPost}}
	again, why := middleware.CheckRetry(lost)
	fmt.Println(again, why)
	lost.Idempotent = true // it has a business number
	again, why = middleware.CheckRetry(lost)
	fmt.Println(again, why)
	// Output:
	// false it may have taken effect, and is not known to be repeatable
	// true the connection failed
}

func ExampleRedact() {
	fmt.Println(middleware.Redact([]byte(`{"trade_state":"SUCCESS","payer":{"openid":"oUpF8uMuAJO"},"amount":{"total":100}}`)))
	// Output: {"trade_state":"SUCCESS","payer":{"openid":"<11 characters>"},"amount":{"total":100}}
}
