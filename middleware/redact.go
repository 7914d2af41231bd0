package middleware

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

func masked(length int) string { return "<" + strconv.Itoa(length) + " bytes>" }

// claim returns the code and message of an error reply that is not verified. The reply's
// Body is not read.
func claim(resp *http.Response) string {
	body, buffered := resp.Body.(*replyBody)
	if !buffered || resp.StatusCode < 400 {
		return ""
	}
	object, _ := apierror.Parse(body.data)
	code, message := object.Get("code"), object.Get("message")
	if code.Type != gjson.String || message.Type != gjson.String {
		return ""
	}
	return fmt.Sprintf("; unverified code %.64q, message %.300q", code.Str, message.Str)
}

// short limits a header of a reply, which may be a forgery.
func short(value string) string { return errtext.Cut(value, 200) }

// plain reports whether a value may be shown: a number, a bool, or a short string without
// spaces.
func plain(v gjson.Result) bool {
	const longest = 40
	return v.Type != gjson.String || len(v.Str) <= longest && !strings.ContainsFunc(v.Str, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || c == '"' || c == '\\'
	})
}

// redact writes v with its values masked, unless they are harmless. An object below a
// harmless name is examined field by field.
func redact(b []byte, v gjson.Result, harmless bool, depth int) []byte {
	const deepest = 32 // the cost grows with the square of the depth
	switch {
	case depth > deepest:
		return append(b, `"`+masked(len(v.Raw))+`"`...)
	case v.IsObject():
		b = append(b, '{')
		first := true
		v.ForEach(func(key, value gjson.Result) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(append(b, key.Raw...), ':')
			b = redact(b, value, slices.Contains(harmlessFields, key.Str), depth+1)
			return true
		})
		return append(b, '}')
	case v.IsArray():
		b = append(b, '[')
		first := true
		v.ForEach(func(_, value gjson.Result) bool {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = redact(b, value, false, depth+1)
			return true
		})
		return append(b, ']')
	case v.Type == gjson.Null || harmless && plain(v):
		return append(b, v.Raw...)
	case v.Type == gjson.String:
		return append(b, `"<`+strconv.Itoa(utf8.RuneCountInString(v.Str))+` characters>"`...)
	}
	return append(b, `"<masked>"`...)
}
