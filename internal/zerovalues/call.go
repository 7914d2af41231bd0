package zerovalues

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

var contextType = reflect.TypeFor[context.Context]()

// Panics calls fn, a function or a method expression, with zero arguments: with a nil context
// and with one, and a method with a pointer receiver with a nil pointer and a pointer to a
// zero value. It reads the sequences that fn returns. It returns the first panic with its
// stack, or "". A call that blocks is a panic too.
func Panics(fn any) string {
	v := reflect.ValueOf(fn)
	for _, ctx := range []bool{true, false} {
		for _, pointers := range []bool{false, true} {
			for _, variadic := range []bool{false, true} {
				if text := panicOf(v, zeroes(v.Type(), ctx, pointers, variadic)); text != "" {
					return fmt.Sprintf("with context: %t, with zero structs behind pointers: %t: %s", ctx, pointers, text)
				}
			}
		}
	}
	return ""
}

// zeroes returns zero arguments for a function type.
func zeroes(t reflect.Type, withContext, pointers, variadic bool) []reflect.Value {
	var args []reflect.Value
	for i := range t.NumIn() {
		in := t.In(i)
		if i == t.NumIn()-1 && t.IsVariadic() {
			if !variadic {
				continue
			}
			in = in.Elem()
		}
		switch {
		case in == contextType && withContext:
			args = append(args, reflect.ValueOf(context.Background()))
		case in.Kind() == reflect.Pointer && pointers:
			args = append(args, reflect.New(in.Elem()))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	return args
}

func panicOf(fn reflect.Value, args []reflect.Value) (text string) {
	const patience = 10 * time.Second
	done := make(chan string, 1)
	go func() {
		defer func() {
			text := ""
			if value := recover(); value != nil {
				text = fmt.Sprintf("%v\n%s", value, debug.Stack())
				if strings.Contains(text, "panicwrap") { // Go refuses a nil receiver of a method of values
					text = ""
				}
			}
			done <- text
		}()
		for _, result := range fn.Call(args) {
			use(result)
		}
	}()
	select {
	case text := <-done:
		return text
	case <-time.After(patience):
		return "it blocks"
	}
}

// failing is the transport of a middleware.
var failing = middleware.RoundTripperFunc(func(*http.Request) (*http.Response, error) { return nil, io.EOF })

// send sends an empty request.
func send(rt http.RoundTripper) {
	if rt == nil {
		return
	}
	resp, err := rt.RoundTrip(new(http.Request))
	if err == nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
}

// use does with a result what its user would do without checking it.
func use(result reflect.Value) {
	switch v := result.Interface().(type) {
	case error:
		_ = v.Error()
	case middleware.Middleware:
		if v != nil {
			send(v(failing))
		}
	case http.RoundTripper:
		send(v)
	case fmt.Stringer:
		if result.Kind() != reflect.Pointer || !result.IsNil() {
			_ = v.String()
		}
	}
	if t := result.Type(); t.Kind() == reflect.Func && !result.IsNil() && (t.CanSeq() || t.CanSeq2()) {
		if t.CanSeq2() {
			for range result.Seq2() {
			}
			return
		}
		for range result.Seq() {
		}
	}
}
