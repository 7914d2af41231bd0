package jsonx_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, json, want string }{
		{"a string", `"a"`, "a"},
		{"a number", `1217752501201407033233368018`, "1217752501201407033233368018"},
		{"a number with a fraction", `1217752501201407033233368018.10`, "1217752501201407033233368018.10"},
		{"a boolean", `true`, "true"},
		{"null", `null`, ""},
		{"an object", `{"a":1}`, ""},
		{"a list", `[1]`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, jsonx.Text(gjson.Parse(row.json)))
		})
	}
}
