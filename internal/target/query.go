package target

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/baseurl"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// QueryOf converts a map with string keys, or a struct with JSON tags, to names and values.
func QueryOf(query any) (map[string]any, error) {
	if m, ok := query.(map[string]any); ok || query == nil {
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
		m := make(map[string]any, v.Len())
		for pairs := v.MapRange(); pairs.Next(); {
			m[pairs.Key().String()] = pairs.Value().Interface()
		}
		return m, nil
	case v.Kind() == reflect.Struct:
		m := make(map[string]any, v.NumField())
		addFields(m, v)
		return m, nil
	}
	return nil, fmt.Errorf("Options.Query: cannot use a %T; pass an M or a struct with json tags", query)
}

// addFields adds the fields of a struct to a query, under their names in encoding/json.
func addFields(m map[string]any, v reflect.Value) {
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

// encodeQuery encodes a query by RFC 3986, sorted by key.
func encodeQuery(query map[string]any) (string, error) {
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
			if nilcheck.IsNil(v) {
				continue
			}
			s, err := Scalar(v)
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

// percentEncode escapes all but the unreserved characters of RFC 3986.
// url.QueryEscape would encode a space as a plus.
func percentEncode(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(s) {
		if baseurl.Unreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}
