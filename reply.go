package wechatpay

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// A Reply is a response with the fields that are known of it. Everything else is in
// the [Response] as ever: Get and Bytes see the whole of it.
type Reply[T any] struct {
	*Response
	// Data are the known fields. What the reply does not have is zero.
	Data T
	// Misfits tells, by JSON path, which values Data could not hold, so that they are zero
	// in it; it is empty nearly always. It holds no values.
	Misfits []string
}

// As reads a reply into a T, a struct with JSON tags, such as those below package
// openapi. It takes what a verb returns:
//
//	order, err := wechatpay.As[pay.TransactionsIDGetReply](chain.Get(ctx, opts))
//
// An error of the call is returned as it is, and there is no other: a value of another
// type than T has is converted where nothing is lost by it (a number for a string, "100"
// for an int64, one object for a list of them) and told in Misfits where that is not so.
func As[T any](r *Response, err error) (*Reply[T], error) {
	if err != nil {
		return nil, err
	}
	reply := &Reply[T]{Response: r}
	switch {
	case len(r.data) == 0:
	case !json.Valid(r.data):
		reply.Misfits = []string{"the body is not JSON"}
	default:
		f := fitting{}
		f.fit(reflect.ValueOf(&reply.Data).Elem(), gjson.ParseBytes(r.data), "")
		reply.Misfits = f.misfits
	}
	return reply, nil
}

// A fitting puts JSON into Go values as far as they can hold it.
type fitting struct{ misfits []string }

func (f *fitting) fit(into reflect.Value, v gjson.Result, path string) {
	if v.Type == gjson.Null {
		return
	}
	_, custom := into.Addr().Interface().(json.Unmarshaler)
	_, asText := into.Addr().Interface().(encoding.TextUnmarshaler)
	text := v.Raw // of an object, its JSON; of a number, all its digits
	if v.Type == gjson.String {
		text = v.Str
	}
	ok := true
	switch kind := into.Kind(); {
	case custom || asText: // json.RawMessage is one
		ok = json.Unmarshal([]byte(v.Raw), into.Addr().Interface()) == nil
	case into.Type() == reflect.TypeFor[json.Number]():
		if ok = isNumber(text); ok {
			into.SetString(text)
		}
	case kind == reflect.String:
		into.SetString(text)
	case kind == reflect.Int64:
		var n int64
		if n, ok = wholeNumber(text); ok {
			into.SetInt(n)
		}
	case kind == reflect.Bool:
		ok = text == "true" || text == "false"
		into.SetBool(text == "true")
	case kind == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		f.fit(into.Elem(), v, path)
	case kind == reflect.Slice:
		f.fitList(into, v, path)
	case kind == reflect.Struct:
		if ok = v.IsObject(); ok {
			f.fitObject(into, v, path)
		}
	default:
		ok = json.Unmarshal([]byte(v.Raw), into.Addr().Interface()) == nil
	}
	if !ok {
		f.misfits = append(f.misfits, fmt.Sprintf("%s: a %s does not fit %s", path, kindOf(v), into.Type()))
	}
}

func (f *fitting) fitList(into reflect.Value, v gjson.Result, path string) {
	values := v.Array() // of what is no list, a list of it
	into.Set(reflect.MakeSlice(into.Type(), len(values), len(values)))
	for i, value := range values {
		f.fit(into.Index(i), value, path+"."+strconv.Itoa(i))
	}
}

func (f *fitting) fitObject(into reflect.Value, v gjson.Result, path string) {
	values := v.Map()
	for i := range into.NumField() {
		field := into.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			f.fitObject(into.Field(i), v, path)
			continue
		case !field.IsExported() || name == "-":
			continue
		case name == "":
			name = field.Name
		}
		if value, ok := values[name]; ok {
			f.fit(into.Field(i), value, strings.TrimPrefix(path+"."+name, "."))
		}
	}
}

// wholeNumber reads a number that an int64 holds exactly: 100, and also 100.0 and 1e2.
func wholeNumber(text string) (int64, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(text, 64)
	return int64(n), isNumber(text) && err == nil && n == math.Trunc(n) && math.Abs(n) < 1<<53
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s[:1], "-0123456789") == "" && json.Valid([]byte(s))
}

func kindOf(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "JSON object"
	case v.IsArray():
		return "JSON list"
	case v.Type == gjson.True || v.Type == gjson.False:
		return "JSON boolean"
	}
	return "JSON " + strings.ToLower(v.Type.String())
}

// Ptr is a pointer to v, for the fields of a request that may be left out: nil leaves
// one out, Ptr(false) sends it.
func Ptr[T any](v T) *T { return &v }
