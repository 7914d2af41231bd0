package jsonx_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"math/big"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

type (
	// byPointer marshals itself only behind a pointer.
	byPointer struct{ Fen int64 }
	// onlySkipped has a field, but none in JSON.
	onlySkipped struct {
		A int `json:"-"`
	}
	// onlyEmbedded embeds a struct without fields in JSON.
	onlyEmbedded struct{ sync.Mutex }
	named64      float64
	buffers      struct {
		F *bytes.Buffer `json:"file"`
	}
	base   struct{ Note any }
	nested struct {
		base
		*buffers
		Tagged base `json:"tagged"`
	}
	lower  struct{ Total int }
	tagged struct {
		Fen int `json:"Total"`
	}
	shadowing struct {
		*buffers
		F string `json:"file"`
	}
)

// structOf has two fields of one name in JSON, which go vet refuses in a literal.
func structOf(of reflect.Type, embedded bool) any {
	tag := reflect.StructTag(`json:"total"`)
	if embedded {
		tag = ""
	}
	return reflect.Zero(reflect.StructOf([]reflect.StructField{
		{Name: "A", Type: of, Tag: tag, Anonymous: embedded}, {Name: "B", Type: of, Tag: tag, Anonymous: embedded},
	})).Interface()
}

func (p *byPointer) MarshalJSON() ([]byte, error) { return json.Marshal(p.Fen) }

// TestNothingIsWrittenAsSomethingElse: neither in a typed slot, nor behind an interface.
func TestNothingIsWrittenAsSomethingElse(t *testing.T) {
	t.Parallel()
	const (
		asText  = "; pass its text, an M or a struct"
		reader  = ", which is a reader" + asText
		empty   = ", which JSON writes as {}" + asText
		secret  = ", which JSON writes as [redacted]; pass what its Reveal returns"
		pointed = ", which marshals itself only behind a pointer; pass a pointer to it"
		digits  = ", which may have lost digits or is not a number; pass an integer, a string or a json.Number"
	)
	hidden := cipher.NewSecret("s")
	twice := json.RawMessage(`[{"b":1,"b":2}]`)
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"a buffer in a struct", buffers{new(bytes.Buffer)}, `holds a *bytes.Buffer at "file"` + reader},
		{"a buffer in a map", map[string]*bytes.Buffer{"a": new(bytes.Buffer)}, `holds a *bytes.Buffer at "a"` + reader},
		{"a buffer in a list", object{"a": []*bytes.Buffer{nil, new(bytes.Buffer)}}, `holds a *bytes.Buffer at "a.1"` + reader},
		{"a buffer in an embedded struct", &nested{buffers: &buffers{new(bytes.Buffer)}}, `holds a *bytes.Buffer at "file"` + reader},
		{"a string reader by value", &struct{ R strings.Reader }{}, `holds a strings.Reader at "R"` + reader},
		{"a limited reader by value", struct{ R io.LimitedReader }{}, `holds a io.LimitedReader at "R"` + reader},
		{"a builder", struct{ B strings.Builder }{}, `holds a strings.Builder at "B"` + empty},
		{"a struct whose fields are left out", []onlySkipped{{}}, `holds a jsonx_test.onlySkipped at "0"` + empty},
		{"a struct with an embedded one that is empty", object{"a": &onlyEmbedded{}}, `holds a *jsonx_test.onlyEmbedded at "a"` + empty},
		{"an error", struct{ E *json.SyntaxError }{new(json.SyntaxError)}, `holds a *json.SyntaxError at "E", which is an error` + asText},
		{"an error by value", object{"a": json.SyntaxError{}}, `holds a json.SyntaxError at "a", which is an error` + asText},
		{"a secret", object{"a": hidden}, `holds a cipher.Secret at "a"` + secret},
		{"a pointer to a secret", object{"a": []any{&hidden}}, `holds a *cipher.Secret at "a.0"` + secret},
		{"an embedded secret", object{"a": struct{ *cipher.Secret }{&hidden}}, `holds a struct { *cipher.Secret } at "a"` + secret},
		{"a secret in a struct", struct {
			S cipher.Secret `json:"key"`
		}{hidden}, `holds a cipher.Secret at "key"` + secret},
		{"a URL", object{"notify_url": &url.URL{}}, `holds a *url.URL at "notify_url", which JSON writes as an object; pass what its String returns`},
		{"a digest", object{"sha256": [32]byte{}}, `holds a [32]uint8 at "sha256", which JSON writes as a list of numbers; pass its text, such as hex`},
		{"a big number by value", struct{ Total big.Int }{}, `holds a big.Int at "Total"` + pointed},
		{"a marshaler by value", object{"a": byPointer{1}}, `holds a jsonx_test.byPointer at "a"` + pointed},
		{"a marshaler in a map", map[string]byPointer{"a": {1}}, `holds a jsonx_test.byPointer at "a"` + pointed},
		{"an order number as a float", object{"a": 1.217752501201407e27}, `holds a float64 at "a"` + digits},
		{"a float in a struct", struct{ Total named64 }{1 << 53}, `holds a jsonx_test.named64 at "Total"` + digits},
		{"a float in a list", map[string][]float64{"a": {1, -1 << 53}}, `holds a float64 at "a.1"` + digits},
		{"a float32", object{"a": float32(1 << 24)}, `holds a float32 at "a"` + digits},
		{"no number", object{"a": math.NaN()}, `holds a float64 at "a"` + digits},
		{"an empty number", object{"a": json.Number("")}, `holds a json.Number at "a", which is empty, and which JSON writes as 0; leave it out, or set it`},
		{"two fields of one name", structOf(reflect.TypeFor[int](), false), `is a struct { A int "json:\"total\""; B int "json:\"total\"" }, which has two fields "total", of which JSON writes neither; a body is an object: pass an M or a struct, and rename one`},
		{"two embedded fields of one name", object{"a": []any{structOf(reflect.TypeFor[Money](), true)}}, `holds a struct { jsonx_test.Money; jsonx_test.Money } at "a.0", which has two fields "total", of which JSON writes neither; rename one`},
		{"a key twice", object{"a": json.RawMessage(`{"b":1,"b":2}`)}, `holds a json.RawMessage at "a", which has a key twice in one object; remove one`},
		{"a key twice in a struct", []struct{ R *json.RawMessage }{{&twice}}, `holds a json.RawMessage at "0.R", which has a key twice in one object; remove one`},
		{"below keys that are numbers", map[int]any{7: hidden}, `holds a cipher.Secret at "7"` + secret},
		{"below keys that marshal themselves", map[time.Time]any{time.Unix(0, 0).UTC(): hidden}, `holds a cipher.Secret at "1970-01-01T00:00:00Z"` + secret},
		{"below names of JSON", nested{Tagged: base{hidden}}, `holds a cipher.Secret at "tagged.Note"` + secret},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := jsonx.Body(row.body)
			require.EqualError(t, err, row.want)
		})
	}
}

func TestWhatIsNotSentIsNotRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"a nil buffer", buffers{}, `{"file":null}`},
		{"a nil list", struct{ R []bytes.Buffer }{}, `{"R":null}`},
		{"what is left out", struct {
			R bytes.Buffer  `json:"-"`
			S cipher.Secret `json:"s,omitzero"`
			T *bytes.Buffer `json:"t,omitempty"`
		}{}, `{}`},
		{"an unexported field", struct {
			A int
			r *bytes.Buffer
		}{1, new(bytes.Buffer)}, `{"A":1}`},
		{"an embedded mutex", &struct {
			sync.Mutex
			A int
		}{A: 1}, `{"A":1}`},
		{"a field behind another of its name", shadowing{&buffers{new(bytes.Buffer)}, "x"}, `{"file":"x"}`},
		{"a field of a tag beside another of its name", struct {
			lower
			tagged
		}{lower{1}, tagged{2}}, `{"Total":2}`},
		{"JSON text", object{"a": json.RawMessage(`{"b":{"b":1}}`), "c": json.RawMessage(nil)}, `{"a":{"b":{"b":1}},"c":null}`},
		{"an embedded struct that is nil", nested{}, `{"Note":null,"tagged":{"Note":null}}`},
		{"big numbers", object{"a": big.NewInt(7), "b": &struct{ Total big.Int }{}, "c": []big.Int{{}}}, `{"a":7,"b":{"Total":0},"c":[0]}`},
		{"a marshaler behind a pointer", object{"a": &byPointer{1}, "b": []byPointer{{2}}}, `{"a":1,"b":[2]}`},
		{"floats", object{"a": 0.1, "b": float64(1<<53 - 1), "c": float32(-1.5), "d": []named64{2}}, `{"a":0.1,"b":9007199254740991,"c":-1.5,"d":[2]}`},
		{"all digits", object{"a": json.Number("1217752501201407033233368018.10"), "b": uint64(math.MaxUint64)}, `{"a":1217752501201407033233368018.10,"b":18446744073709551615}`},
		{"octets", object{"a": []byte("x")}, `{"a":"eA=="}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := jsonx.Body(row.body)
			require.NoError(t, err)
			assert.Equal(t, row.want, string(got))
		})
	}
}

// TestTimesOfEmbeddedStructs: exported or not, and behind a pointer or not.
func TestTimesOfEmbeddedStructs(t *testing.T) {
	t.Parallel()
	at := time.Date(2018, 6, 8, 2, 34, 56, 999, time.UTC)
	const want = `"2018-06-08T10:34:56+08:00"`
	type moment struct {
		At time.Time `json:"at"`
		To any       `json:"to,omitempty"`
	}
	for _, row := range []struct {
		name string
		body any
		want string
	}{
		{"of an unexported type", struct{ moment }{moment{At: at}}, `{"at":` + want + `}`},
		{"behind a pointer", &struct{ *moment }{&moment{At: at, To: at}}, `{"at":` + want + `,"to":` + want + `}`},
		{"with a name", struct {
			moment `json:"when"`
		}{moment{At: at}}, `{"when":{"at":` + want + `}}`},
		{"that is nil", struct {
			*moment
			A int
		}{A: 1}, `{"A":1}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			before, err := json.Marshal(row.body)
			require.NoError(t, err)
			got, err := jsonx.Body(row.body)
			require.NoError(t, err)
			assert.JSONEq(t, row.want, string(got))
			after, err := json.Marshal(row.body)
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after), "the caller's value is as it was")
		})
	}
}
