package wechatpay

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scalar writes one value of Vars or Query, exactly or not at all: an id that a
// float64 has rounded must never reach the wire.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return text(v)
	case json.Number:
		return text(v.String())
	case encoding.TextMarshaler:
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return "", errors.New("is a nil pointer")
		}
		b, err := v.MarshalText()
		if err != nil {
			return "", fmt.Errorf("cannot be written as text: %w", err)
		}
		return text(string(b))
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.String:
		return text(rv.String())
	case reflect.Bool:
		return strconv.FormatBool(rv.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(rv.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(rv.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		exact := float64(1 << 53) // beyond it a float64 skips whole numbers,
		if rv.Kind() == reflect.Float32 {
			exact = 1 << 24 // and a float32 beyond this
		}
		f := rv.Float()
		if math.IsNaN(f) || math.Abs(f) >= exact {
			return "", errors.New("is a float that may have lost digits; pass it as a string")
		}
		return strconv.FormatFloat(f, 'f', -1, rv.Type().Bits()), nil
	case reflect.Pointer:
		if rv.IsNil() {
			return "", errors.New("is a nil pointer")
		}
		return scalar(rv.Elem().Interface())
	}
	if s, ok := v.(fmt.Stringer); ok {
		return text(s.String())
	}
	return "", fmt.Errorf("is a %T; pass a string, a number or a bool", v)
}

func text(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errors.New("is not UTF-8; convert it (from GBK?) first")
	}
	return s, nil
}

// elements are the values of a slice or an array. Bytes are no list of numbers.
func elements(v any) ([]any, bool) {
	if _, ok := v.(encoding.TextMarshaler); ok {
		return nil, false
	}
	rv := reflect.ValueOf(v)
	if k := rv.Kind(); k != reflect.Slice && k != reflect.Array || rv.Type().Elem().Kind() == reflect.Uint8 {
		return nil, false
	}
	list := make([]any, rv.Len())
	for i := range list {
		list[i] = rv.Index(i).Interface()
	}
	return list, true
}

// queryOf is a query as names and values: of a map with string keys, or of a struct, by
// its JSON tags.
func queryOf(query any) (M, error) {
	if m, ok := query.(M); ok || query == nil {
		return m, nil
	}
	v := reflect.ValueOf(query)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.Pointer:
		return nil, nil
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		m := make(M, v.Len())
		for pairs := v.MapRange(); pairs.Next(); {
			m[pairs.Key().String()] = pairs.Value().Interface()
		}
		return m, nil
	case v.Kind() == reflect.Struct:
		m := make(M, v.NumField())
		addFields(m, v)
		return m, nil
	}
	return nil, fmt.Errorf("Options.Query: cannot use a %T; pass an M or a struct with json tags", query)
}

// addFields puts the fields of a struct into a query, under the names that
// encoding/json would give them.
func addFields(m M, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		omit := strings.Contains(options, "omitzero") || strings.Contains(options, "omitempty")
		switch {
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			addFields(m, v.Field(i))
			continue
		case !field.IsExported() || name == "-" || omit && v.Field(i).IsZero():
			continue
		case name == "":
			name = field.Name
		}
		m[name] = v.Field(i).Interface()
	}
}

// encodeQuery writes a query by RFC 3986, sorted by key.
func encodeQuery(query M) (string, error) {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if key == "" {
			return "", errors.New("Options.Query: a key is empty")
		}
		values, ok := elements(query[key])
		if !ok {
			values = []any{query[key]}
		}
		for _, v := range values {
			if isNil(v) {
				continue
			}
			s, err := scalar(v)
			if err != nil {
				return "", fmt.Errorf("Options.Query: %q %w", key, err)
			}
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			percentEncode(&b, key)
			b.WriteByte('=')
			percentEncode(&b, s)
		}
	}
	return b.String(), nil
}

func isNil(v any) bool {
	rv := reflect.ValueOf(v)
	return v == nil || rv.Kind() == reflect.Pointer && rv.IsNil()
}

// percentEncode escapes all but the unreserved characters of RFC 3986.
// net/url's QueryEscape would write a space as a plus.
func percentEncode(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(s) {
		if unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
