package jsonx

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	fastBase struct {
		ID   string `json:"id"`
		Next *fastAll
	}
	fastAll struct {
		fastBase
		*FastDeep
		Text   string            `json:"text"`
		Kind   fastKind          `json:"kind"`
		Flag   bool              `json:"flag"`
		Int    int64             `json:"int"`
		Small  int8              `json:"small"`
		Uint   uint16            `json:"uint"`
		Float  float64           `json:"float"`
		Number json.Number       `json:"number"`
		Raw    json.RawMessage   `json:"raw"`
		Time   time.Time         `json:"time"`
		Bytes  []byte            `json:"bytes"`
		Any    any               `json:"any"`
		Map    map[string]fastIn `json:"map"`
		List   []fastIn          `json:"list"`
		Lists  [][]string        `json:"lists"`
		Behind **fastIn          `json:"behind"`
		Ints   *[]int            `json:"ints"`
		Maybe  *bool             `json:"maybe"`
	}
	fastKind string
	fastIn   struct {
		A string  `json:"a"`
		B *int    `json:"b"`
		C []int64 `json:"c"`
	}
	FastDeep struct {
		Deep int `json:"deep"`
	}
)

// FuzzRead: what the reader takes, it decodes as the decoder does, and that finds no mismatch.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","deep":7,"Next":{"id":"2"},"text":"a\"\u4e2d\\","kind":"K","flag":true,"int":-9223372036854775808,"small":127,"uint":65535,"float":1.5e3,"number":1.50,` +
			`"raw":{"a":[1]},"time":"2018-06-08T10:34:56+08:00","bytes":"MTIz","any":{"a":1217752501201407033233368018},"map":{"x":{"a":"1"}},` +
			`"list":[{"a":"x","b":1,"c":[1,2]},null,{}],"lists":[["a"],[],null],"behind":{"a":"1"},"ints":[],"maybe":false}`,
		` { "text" : 7 , "flag" : "true" , "int" : "600" , "small":128,"uint":-1,"float":"1.5","number":"1.5","list":{"a":1},"lists":"x","behind":"","ints":"1","maybe":"x" } `,
		`{"text":"a","text":"b"}`, `{"te\u0078t":"a"}`, `{"text":"a","te\u0078t":"a"}`, `{"text":"a","text":"a"}`, `{"x":1,"x":2,"Text":"b","TEXT":"c"}`,
		`{"int":1e2,"small":1.0,"uint":1e99,"float":1e400}`, `{"list":[],"map":[],"behind":[],"deep":null,"Next":null}`, `{"list":"[{\"a\":1}]","behind":"{\"a\":1}"}`,
		`null`, `[]`, `"x"`, `7`, `{}`, `{"":{}}`, `{"map":{"x":{"a":1,"a":2}},"any":{"a":1,"a":2}}`, `{"list":[{"a":"1","a":"2"}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		var fast, slow fastAll
		if !read(reflect.ValueOf(&fast).Elem(), text) {
			return
		}
		require.NoError(t, decode(reflect.ValueOf(&slow).Elem(), text))
		require.Equal(t, slow, fast)
	})
}

func TestReadTakesWhatIsDocumented(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		takes      bool
	}{
		{"each type", `{"id":"1","text":"a","flag":true,"int":7,"float":1.5,"list":[{"a":"x"}],"lists":[["a"]],"Next":{"id":"2"},"unknown":{"a":[1,"}"]}}`, true},
		{"another type", `{"text":7,"int":"600","list":{"a":"x"},"behind":[]}`, true},
		{"unknown keys twice", `{"x":1,"x":2}`, true},
		{"null", `{"text":null,"list":null,"deep":null,"behind":null}`, true},
		{"a key twice", `{"text":"a","int":7,"text":"a"}`, false},
		{"a key twice, once in escapes", `{"text":"a","te\u0078t":"b"}`, false},
		{"a key twice, deeper", `{"list":[{"a":"x","a":"y"}]}`, false},
		{"a number too large", `{"small":128}`, false},
		{"a word for a number", `{"int":"x"}`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var v fastAll
			require.Equal(t, row.takes, read(reflect.ValueOf(&v).Elem(), row.text))
		})
	}
}

// TestDecodeLeavesNothingOfAFailedReading: a field with two values is zero, though the reader had
// set the first.
func TestDecodeLeavesNothingOfAFailedReading(t *testing.T) {
	t.Parallel()
	var v fastAll
	err := Decode([]byte(`{"text":"a","list":[{"a":"x"}],"int":7,"int":8}`), &v)
	require.EqualError(t, err, `"int": cannot decode two values into int64 without loss`)
	require.Equal(t, fastAll{Text: "a", List: []fastIn{{A: "x"}}}, v)
}

// TestDecodeKeepsWhatIsNotInTheText, as encoding/json does.
func TestDecodeKeepsWhatIsNotInTheText(t *testing.T) {
	t.Parallel()
	v := fastAll{Text: "a", Flag: true}
	require.NoError(t, Decode([]byte(`{"text":"b"}`), &v))
	require.Equal(t, fastAll{Text: "b", Flag: true}, v)
}
