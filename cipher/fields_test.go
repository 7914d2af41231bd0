package cipher_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
)

func upper(s string) (string, error) { return strings.ToUpper(s), nil }

func TestFieldsMap(t *testing.T) {
	for _, tc := range []struct {
		name       string
		fields     cipher.Fields
		data, want string
	}{
		{"one", cipher.Fields{"a"}, `{"a":"x","b":"x"}`, `{"a":"X","b":"x"}`},
		{"below", cipher.Fields{"a.b.c"}, `{"a":{"b":{"c":"x"}}}`, `{"a":{"b":{"c":"X"}}}`},
		{"in a list", cipher.Fields{"l.#.n"}, `{"l":[{"n":"x"},{"n":"y"}]}`, `{"l":[{"n":"X"},{"n":"Y"}]}`},
		{"list of texts", cipher.Fields{"l.#"}, `{"l":["x","y"]}`, `{"l":["X","Y"]}`},
		{"lists in lists", cipher.Fields{"l.#.m.#.n"}, `{"l":[{"m":[{"n":"x"}]},{"m":[]},{"m":[{"n":"y"},{"n":"z"}]}]}`, `{"l":[{"m":[{"n":"X"}]},{"m":[]},{"m":[{"n":"Y"},{"n":"Z"}]}]}`},
		{"empty list", cipher.Fields{"l.#.n"}, `{"l":[]}`, `{"l":[]}`},
		{"list outermost", cipher.Fields{"#.n"}, ` [{"n":"x"}] `, ` [{"n":"X"}] `},
		{"several, in any order", cipher.Fields{"b", "a"}, `{"a":"x","b":"y"}`, `{"a":"X","b":"Y"}`},
		{"optional and there", cipher.Fields{"a?"}, `{"a":"x"}`, `{"a":"X"}`},
		{"optional and not there", cipher.Fields{"a?", "b.c?", "l.#.n?"}, `{"l":[{"n":"x"},{}]}`, `{"l":[{"n":"X"},{}]}`},
		{"empty text", cipher.Fields{"a"}, `{"a":""}`, `{"a":""}`},
		{"dot in a key", cipher.Fields{`a\.b`}, `{"a.b":"x","a":{"b":"x"}}`, `{"a.b":"X","a":{"b":"x"}}`},
		{"number sign as a key", cipher.Fields{`\#`}, `{"#":"x"}`, `{"#":"X"}`},
		{"number sign within a key", cipher.Fields{`a\#b`, "c#"}, `{"a#b":"x","c#":"y"}`, `{"a#b":"X","c#":"Y"}`},
		{"backslash before a key", cipher.Fields{`\\a`}, `{"\\a":"x","a":"y"}`, `{"\\a":"X","a":"y"}`},
		{"below one key", cipher.Fields{"a.b", "a.c.d", "a.c.e"}, `{"a":{"c":{"e":"x","d":"y"},"b":"z"}}`, `{"a":{"c":{"e":"X","d":"Y"},"b":"Z"}}`},
		{"below one list", cipher.Fields{"l.#.m", "l.#.n"}, `{"l":[{"m":"x","n":"y"},{"n":"z","m":""}]}`, `{"l":[{"m":"X","n":"Y"},{"n":"Z","m":""}]}`},
		{"digits as a key", cipher.Fields{`0.1`}, `{"0":{"1":"x"}}`, `{"0":{"1":"X"}}`},
		{"key in escapes", cipher.Fields{"name"}, `{"n\u0061me":"x"}`, `{"n\u0061me":"X"}`},
		{"the rest byte for byte", cipher.Fields{"a"}, "{ \"b\" : 1.0e2,\n\"a\":\"\\u0078\" , \"c\":\"<&>\"}", "{ \"b\" : 1.0e2,\n\"a\":\"X\" , \"c\":\"<&>\"}"},
		{"the same text elsewhere", cipher.Fields{"b"}, `{"a":"x","b":"x","c":"x"}`, `{"a":"x","b":"X","c":"x"}`},
		{"none", nil, `{"a":"x"}`, `{"a":"x"}`},
		{"what JSON has to escape", cipher.Fields{"a"}, `{"a":"\"\\\n中"}`, `{"a":"\"\\\n中"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := []byte(tc.data)
			got, err := tc.fields.Map(data, upper)
			require.NoError(t, err)
			assert.Equal(t, tc.want, string(got))
			assert.Equal(t, tc.data, string(data), "the input is unchanged")
		})
	}
}

func TestFieldsMapErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		fields     cipher.Fields
		data, want string
	}{
		{"nothing there", cipher.Fields{"a.b"}, `{"a":{}}`, `field "a.b": no such field: there is no "a.b"`},
		{"not in all", cipher.Fields{"l.#.n"}, `{"l":[{"n":"x"},{}]}`, `field "l.#.n": no such field: there is no "l.1.n"`},
		{"number", cipher.Fields{"a"}, `{"a":7}`, `field "a": "a" is a number, not a string`},
		{"null", cipher.Fields{"a?"}, `{"a":null}`, `field "a?": "a" is null, not a string`},
		{"object", cipher.Fields{"a"}, `{"a":{}}`, `field "a": "a" is an object, not a string`},
		{"list", cipher.Fields{"a"}, `{"a":[]}`, `field "a": "a" is a list, not a string`},
		{"no list", cipher.Fields{"a.#"}, `{"a":{}}`, `field "a.#": "a" is an object, not a list`},
		{"no object", cipher.Fields{"a.b"}, `{"a":"x"}`, `field "a.b": "a" is a string, not an object`},
		{"named twice", cipher.Fields{"a", "a?"}, `{"a":"x"}`, `field "a" is named twice`},
		{"named twice, the second time last", cipher.Fields{"a?", "b", "a"}, `{"a":"x"}`, `field "b": no such field: there is no "b"`},
		{"the first of several", cipher.Fields{"a.x?", "b", "a.y"}, `{"a":{}}`, `field "b": no such field: there is no "b"`},
		{"the first below a value", cipher.Fields{"a.x?", "a.y"}, `{"a":7}`, `field "a.x?": "a" is a number, not an object`},
		{"missing, and an optional one above", cipher.Fields{"a.x?", "a.y"}, `{}`, `field "a.y": no such field: there is no "a"`},
		{"a value and what is below it", cipher.Fields{"a", "a.b"}, `{"a":"x"}`, `field "a.b": "a" is a string, not an object`},
		{"a list and an object", cipher.Fields{"a.#", "a.b"}, `{"a":{"b":"x"}}`, `field "a.#": "a" is an object, not a list`},
		{"twice in its object", cipher.Fields{"a"}, `{"a":"x","a":"y"}`, `field "a": "a" occurs 2 times in its object`},
		{"empty path", cipher.Fields{""}, `{}`, `field "": a key of the path is empty`},
		{"empty key", cipher.Fields{"a..b"}, `{}`, `field "a..b": a key of the path is empty`},
		{"wildcard", cipher.Fields{"a.*"}, `{}`, `field "a.*": "*" selects nothing here; write # for each element of a list, and a backslash before what belongs to a key`},
		{"query", cipher.Fields{"a.#(b==1).c"}, `{}`, `field "a.#(b==1).c": "(" selects nothing here; write # for each element of a list, and a backslash before what belongs to a key`},
		{"not JSON", cipher.Fields{"a"}, `{`, `the text is not valid JSON`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.fields.Map([]byte(tc.data), upper)
			require.EqualError(t, err, tc.want)
		})
	}
	_, err := cipher.Fields{"a"}.Map([]byte(`{}`), upper)
	require.ErrorIs(t, err, cipher.ErrNoField)
	broken := errors.New("broken")
	_, err = cipher.Fields{"a"}.Map([]byte(`{"a":"secret"}`), func(string) (string, error) { return "", broken })
	require.ErrorIs(t, err, broken)
	assert.NotContains(t, err.Error(), "secret")
}

// manyFields are n paths in one object, and its text.
func manyFields(n int, prefix string) (fields cipher.Fields, data []byte) {
	object := make(map[string]string, n)
	for i := range n {
		key := "key" + strconv.Itoa(i)
		object[key] = "x"
		fields = append(fields, prefix+key)
	}
	data, _ = json.Marshal(object)
	return fields, data
}

// BenchmarkFields: ten times the paths take ten times the time.
func BenchmarkFields(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("keys/n=%d", n), func(b *testing.B) {
			fields, data := manyFields(n, "")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fields.Map(data, upper); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("keys in a list/n=%d", n), func(b *testing.B) {
			fields, data := manyFields(n, "#.")
			data = slices.Concat([]byte("["), data, []byte("]"))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fields.Map(data, upper); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("two of nine", func(b *testing.B) {
		_, data := manyFields(9, "")
		fields := cipher.Fields{"key1", "key7?"}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := fields.Map(data, upper); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// FuzzFields: what is not named stays as it is, and the result is JSON again.
func FuzzFields(f *testing.F) {
	f.Add("a.#.b?", `{"a":[{"b":"x"},{"b":"\ud83d"}],"c":1e9}`)
	f.Add(`\#.a\.b`, `{"#":{"a.b":"x"}}`)
	f.Add("a", ` {"a":"x","\u0061":"y"}`)
	f.Fuzz(func(t *testing.T, path, data string) {
		mapped, err := cipher.Fields{path}.Map([]byte(data), func(string) (string, error) { return "<mapped>", nil })
		if err != nil {
			return
		}
		if !json.Valid(mapped) {
			t.Fatalf("%q of %q gave %q", path, data, mapped)
		}
		again, err := cipher.Fields{path}.Map(mapped, func(s string) (string, error) {
			if s != "<mapped>" {
				t.Fatalf("%q of %q left %q", path, data, s)
			}
			return s, nil
		})
		if err != nil || gjson.ParseBytes(again).Raw != gjson.ParseBytes(mapped).Raw && !json.Valid(again) {
			t.Fatal(err)
		}
	})
}
