package jsonx_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

type (
	object  = map[string]any
	named   map[string]any
	text    string
	octets  []byte
	opaque  struct{ a int } //nolint:unused // that it is unexported is the point
	nothing struct{}
	note    struct{ Note any }
)

// reading is a reader, and yet knows how to be written.
type reading struct{ io.Reader }

func (reading) MarshalJSON() ([]byte, error) { return []byte(`{"a":1}`), nil }

func TestBodyIsAnObject(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"a map", object{"a": 1}, `{"a":1}`},
		{"a named map", named{"a": 1}, `{"a":1}`},
		{"a struct", note{1}, `{"Note":1}`},
		{"a struct without fields", nothing{}, `{}`},
		{"text", json.RawMessage(` {"a": 1} `), ` {"a": 1} `},
		{"octets", []byte(`{"a": 1}`), `{"a": 1}`},
		{"a reader that marshals itself", reading{}, `{"a":1}`},
		{"keys in several objects", []byte(`{"a":{"a":["a","a",{"a":"\\\"{,"},{"a":1}]},"b":{"a":1}}`), `{"a":{"a":["a","a",{"a":"\\\"{,"},{"a":1}]},"b":{"a":1}}`},
		{"lists inside", object{"a": []string{"b"}, "b": url.Values{"c": {"d"}}}, `{"a":["b"],"b":{"c":["d"]}}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := jsonx.Body(row.body)
			require.NoError(t, err)
			assert.Equal(t, row.want, string(got))
		})
	}
}

func TestBodyRefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	const pass = "; a body is an object: pass an M or a struct"
	const scalar = pass + ", or JSON text as a json.RawMessage"
	const reader = ", which is a reader" + pass + ", or what io.ReadAll returns"
	loop := object{}
	loop["a"] = []any{loop, loop}
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"a buffer", bytes.NewBufferString("{}"), "is a *bytes.Buffer" + reader},
		{"a nil buffer", (*bytes.Buffer)(nil), "is a *bytes.Buffer" + reader},
		{"a buffer by value", bytes.Buffer{}, "is a bytes.Buffer" + reader},
		{"a string reader", strings.NewReader("{}"), "is a *strings.Reader" + reader},
		{"a buffered reader", bufio.NewReader(nil), "is a *bufio.Reader" + reader},
		{"a limited reader", &io.LimitedReader{}, "is a *io.LimitedReader" + reader},
		{"a builder", &strings.Builder{}, "is a *strings.Builder, which JSON writes as {}" + pass},
		{"a struct without exported fields", opaque{}, "is a jsonx_test.opaque, which JSON writes as {}" + pass},
		{"a string", `{"a": 1}`, "is a string, in JSON a string" + scalar},
		{"a named string", text(`{}`), "is a jsonx_test.text, in JSON a string" + scalar},
		{"named octets", octets(`{}`), "is a jsonx_test.octets, in JSON a string" + scalar},
		{"a time", time.Time{}, "is a time.Time, in JSON a string" + scalar},
		{"an integer", 1, "is a int, in JSON a number" + scalar},
		{"a float", -1.5, "is a float64, in JSON a number" + scalar},
		{"a boolean", true, "is a bool, in JSON a boolean" + scalar},
		{"a list", []int{1}, "is a []int, in JSON a list" + scalar},
		{"a list as text", json.RawMessage(" [1]"), "is a json.RawMessage, in JSON a list" + scalar},
		{"a key twice", []byte(`{"amount":[{"total":1,"tot\u0061l":100}]}`), `has "total" twice in one object, of which WeChat Pay may take either; remove one`},
		{"a form", url.Values{"a": {"b"}}, "is a url.Values, which is a form" + pass},
		{"an error", errors.New("x"), "is a *errors.errorString, which is an error" + pass},
		{"a wrapped error", fmt.Errorf("x: %w", io.EOF), "is a *fmt.wrapError, which is an error" + pass},
		{"a reader inside", object{"a": []any{0, named{"b": strings.NewReader("")}}}, `holds a *strings.Reader at "a.1.b", which is a reader; pass its text, an M or a struct`},
		{"an error inside", note{io.EOF}, `holds a *errors.errorString at "Note", which is an error; pass its text, an M or a struct`},
		{"a builder inside", object{"a": &strings.Builder{}}, `holds a *strings.Builder at "a", which JSON writes as {}; pass its text, an M or a struct`},
		{"a map that holds itself", loop, "cannot be marshalled: it is nested too deeply, or holds itself"},
		{"nil", named(nil), "is a nil jsonx_test.named; leave it unset for an empty body"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := jsonx.Body(row.body)
			require.EqualError(t, err, row.want)
		})
	}
}

func TestBodyWritesTimesAsWeChatPayDoes(t *testing.T) {
	t.Parallel()
	at := time.Date(2018, 6, 8, 2, 34, 56, 999, time.UTC)
	const want = `"2018-06-08T10:34:56+08:00"`
	type times struct {
		At    time.Time  `json:"at"`
		To    *time.Time `json:"to,omitempty"`
		Zero  time.Time  `json:"zero,omitzero"`
		Other string     `json:"other,omitempty"`
		self  *times     //nolint:unused // types may be recursive
	}
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"in a map", object{"a": at}, `{"a":` + want + `}`},
		{"a pointer", object{"a": &at}, `{"a":` + want + `}`},
		{"deeper", object{"a": []any{1, object{"b": at}}}, `{"a":[1,{"b":` + want + `}]}`},
		{"in typed maps and lists", named{"a": []object{{"b": at}}, "c": []time.Time{at}, "d": [1]*time.Time{&at}, "e": map[string]time.Time{"f": at}},
			`{"a":[{"b":` + want + `}],"c":[` + want + `],"d":[` + want + `],"e":{"f":` + want + `}}`},
		{"in a struct", times{At: at, To: &at, Other: "x"}, `{"at":` + want + `,"to":` + want + `,"other":"x"}`},
		{"in a struct of a map", object{"a": []*times{{At: at}}}, `{"a":[{"at":` + want + `}]}`},
		{"behind an interface", &note{[]any{at}}, `{"Note":[` + want + `]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			before := fmt.Sprint(row.body)
			got, err := jsonx.Body(row.body)
			require.NoError(t, err)
			assert.JSONEq(t, row.want, string(got))
			assert.Equal(t, before, fmt.Sprint(row.body), "the caller's value is as it was")
		})
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "2018-06-08T10:34:56+08:00", jsonx.Time(time.Date(2018, 6, 7, 22, 34, 56, 1, time.FixedZone("", -4*3600))))
}
