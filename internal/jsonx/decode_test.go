package jsonx_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

type (
	Money struct {
		Total int64 `json:"total"`
	}
	money   Money
	wrapped struct {
		*Money
		ID string `json:"id"`
	}
	hiddenPointer struct{ *money }
	hiddenValue   struct{ money }
)

func behind[T any](v T) *T { return &v }

// decode returns what v points to after Decode.
func decode[T any](text string) (any, error) {
	var v T
	err := jsonx.Decode([]byte(text), &v)
	return v, err
}

func TestDecodeKeepsValues(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		decode func(string) (any, error)
		text   string
		want   any
	}{
		{"an integer", decode[int64], `9223372036854775807`, int64(9223372036854775807)},
		{"the least integer", decode[int64], `"-9223372036854775808"`, int64(-9223372036854775808)},
		{"a whole number with a point", decode[int64], `-600.00`, int64(-600)},
		{"a whole number with an exponent", decode[int64], `1.2E+3`, int64(1200)},
		{"a whole number with a negative exponent", decode[int64], `12000e-1`, int64(1200)},
		{"a large one with an exponent", decode[int64], `9.007199254740993e15`, int64(9007199254740993)},
		{"zero", decode[int64], `-0.0e7`, int64(0)},
		{"a float", decode[float64], `0.1234567890123456789`, 0.12345678901234568},
		{"a large float", decode[float64], `1e300`, 1e300},
		{"a float of zero", decode[float32], `0.00`, float32(0)},
		{"all digits as text", decode[string], `1217752501201407033233368018.10`, "1217752501201407033233368018.10"},
		{"all digits behind an interface", decode[map[string]any], `{"a":{"b":1217752501201407033233368018}}`, map[string]any{"a": map[string]any{"b": json.Number("1217752501201407033233368018")}}},
		{"octets", decode[[]byte], `"MTIz"`, []byte("123")},
		{"an embedded pointer", decode[wrapped], `{"total":100,"id":"1"}`, wrapped{&Money{100}, "1"}},
		{"an embedded pointer without a value", decode[wrapped], `{"total":null,"id":"1"}`, wrapped{nil, "1"}},
		{"an embedded struct of an unexported type", decode[hiddenValue], `{"total":100}`, hiddenValue{money{100}}},
		{"a string of an object", decode[wrapped], `"{\"total\":\"100\",\"id\":1}"`, wrapped{&Money{100}, "1"}},
		{"a string of an object, behind pointers", decode[**money], `" {\"total\":100}"`, behind(behind(money{100}))},
		{"a string of a list", decode[[]money], `"[{\"total\":1},{\"total\":2}]"`, []money{{1}, {2}}},
		{"a string of an object in place of a list of one", decode[[]money], `"{\"total\":1}"`, []money{{1}}},
		{"a string of an empty list", decode[[]money], `"[]"`, []money{}},
		{"an empty string in place of a list", decode[[]money], `""`, []money(nil)},
		{"an empty object in place of a list of one", decode[[]money], `{}`, []money{{}}},
		{"a list of strings of objects", decode[[]money], `["{\"total\":1}"]`, []money{{1}}},
		{"a string of a map", decode[map[string]string], `"{\"a\":1}"`, map[string]string{"a": "1"}},
		{"a string of a string of an object", decode[map[string]money], `"{\"a\":\"{\\\"total\\\":1}\"}"`, map[string]money{"a": {1}}},
		{"a string of an object, in pointers and lists", decode[*[]*money], `"[{\"total\":1}]"`, &[]*money{{1}}},
		{"a string that reads as JSON", decode[string], `"{\"total\":1}"`, `{"total":1}`},
		{"a string that reads as a list", decode[[]string], `"[\"a\"]"`, []string{`["a"]`}},
		{"one value twice", decode[money], `{"total":1,"total":1}`, money{1}},
		{"two values that nobody reads", decode[money], `{"total":1,"a":1,"a":2}`, money{1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := row.decode(row.text)
			require.NoError(t, err)
			assert.Equal(t, row.want, got)
		})
	}
}

// TestDecodeChangesNoValue: what does not fit is listed, and leaves its field as it is.
func TestDecodeChangesNoValue(t *testing.T) {
	t.Parallel()
	const intoInt = " into int64 without loss"
	for _, row := range []struct {
		name   string
		decode func(string) (any, error)
		text   string
		want   string
	}{
		{"too large", decode[int64], `9223372036854775808`, `"": cannot decode a number` + intoInt},
		{"too large by its exponent", decode[int64], `1e19`, `"": cannot decode a number` + intoInt},
		{"an absurd exponent", decode[int64], `1e99999999999`, `"": cannot decode a number` + intoInt},
		{"a fraction", decode[int64], `100.5`, `"": cannot decode a number` + intoInt},
		{"a fraction that a float loses", decode[int64], `100.00000000000000000001e0`, `"": cannot decode a number` + intoInt},
		{"a fraction too small for a float", decode[int64], `1e-400`, `"": cannot decode a number` + intoInt},
		{"an id with zeros before it", decode[int64], `"0012"`, `"": cannot decode a string` + intoInt},
		{"a sign that JSON has not", decode[int64], `"+12"`, `"": cannot decode a string` + intoInt},
		{"a space behind a number", decode[json.Number], `"12 "`, `"": cannot decode a string into json.Number without loss`},
		{"an order number into a float", decode[float64], `1217752501201407033233368018`, `"": cannot decode a number into float64 without loss`},
		{"an order number into a float32", decode[float32], `16777217`, `"": cannot decode a number into float32 without loss`},
		{"a float too small", decode[float64], `1e-400`, `"": cannot decode a number into float64 without loss`},
		{"digits into octets", decode[[]byte], `"123"`, `"": cannot decode a string into []uint8 without loss`},
		{"two values", decode[money], `{"total":1,"tot\u0061l":2}`, `"total": cannot decode two values` + intoInt},
		{"a value and null", decode[money], `{"total":1,"total":null}`, `"total": cannot decode two values` + intoInt},
		{"two values deeper", decode[map[string]money], `{"a":{"total":1,"total":2}}`, `"a.total": cannot decode two values` + intoInt},
		{"two values in a map", decode[map[string]any], `{"a":1,"a":2}`, `"a": cannot decode two values into interface {} without loss`},
		{"two values behind an interface", decode[map[string]any], `{"b":[0,{"a":1,"a":2}]}`, `"b": cannot decode a list into interface {} without loss`},
		{"a string of no object", decode[money], `"{total:1}"`, `"": cannot decode a string into jsonx_test.money without loss`},
		{"a string of a number", decode[money], `"1"`, `"": cannot decode a string into jsonx_test.money without loss`},
		{"a string of a list, into an object", decode[money], `"[1]"`, `"": cannot decode a list into jsonx_test.money without loss`},
		{"an object around a list", decode[[]money], `{"amounts":[{"total":1}]}`, `"": cannot decode an object into []jsonx_test.money without loss`},
		{"a string of an object around a list", decode[[]money], `"{\"amounts\":[{\"total\":1}]}"`, `"": cannot decode an object into []jsonx_test.money without loss`},
		{"two values in a string of an object", decode[map[string]money], `{"a":"{\"total\":1,\"total\":2}"}`, `"a.total": cannot decode two values` + intoInt},
		{"an embedded pointer to an unexported type", decode[hiddenPointer], `{"total":100}`, `"total": cannot decode a number into *jsonx_test.money without loss`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.decode(row.text)
			require.EqualError(t, err, row.want)
		})
	}
}

// TestDecodeOfTextKeepsTheRest: what does not fit in an object in a string leaves all else set.
func TestDecodeOfTextKeepsTheRest(t *testing.T) {
	t.Parallel()
	var v struct {
		A *wrapped  `json:"a"`
		B []wrapped `json:"b"`
	}
	err := jsonx.Decode([]byte(`{"a":"{\"total\":\"x\",\"id\":\"1\"}","b":"{\"total\":\"x\",\"id\":\"2\"}"}`), &v)
	require.EqualError(t, err, `"a.total": cannot decode a string into int64 without loss; "b.total": cannot decode a string into int64 without loss`)
	require.NotNil(t, v.A)
	assert.Equal(t, "1", v.A.ID)
	require.Len(t, v.B, 1)
	assert.Equal(t, "2", v.B[0].ID)
}
