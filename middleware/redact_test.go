package middleware_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		text string
		want string
	}{
		{"empty", "", ""},
		{"HTML", "<html>", "<6 bytes>"},
		{"a text", `"13800138000"`, `"<11 characters>"`},
		{"a list", `[1,"中文",{"code":"A"}]`, `["<masked>","<2 characters>",{"code":"A"}]`},
		{"a status that is an object", `{"status":{"inner":"secret"}}`, `{"status":{"inner":"<6 characters>"}}`},
		{"a status that is a list", `{"status":["A",{"x":1}]}`, `{"status":["<1 characters>",{"x":"<masked>"}]}`},
		{"a status of two words", `{"status":"two words"}`, `{"status":"<9 characters>"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, middleware.Redact([]byte(tc.text)))
		})
	}
}
