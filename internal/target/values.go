package target

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// Scalar converts one value of Vars or Query to text. It refuses a float that may have
// rounded an id.
func Scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return text(v)
	case json.Number:
		return text(v.String())
	case time.Time:
		return jsonx.Time(v), nil
	}
	if nilcheck.IsNil(v) {
		return "", errors.New("is nil")
	}
	switch v := v.(type) {
	case *time.Time:
		return jsonx.Time(*v), nil
	case cipher.Secret, *cipher.Secret:
		return "", errors.New("is a cipher.Secret, which would be sent as its redacted text; pass what its Reveal returns")
	case encoding.TextMarshaler:
		b, err := v.MarshalText()
		if err != nil {
			return "", errtext.Hidden(fmt.Sprintf("cannot be written as text: MarshalText of %T failed", v), err) // err may hold the value
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
		f := rv.Float()
		if jsonx.Inexact(f, rv.Type().Bits()) {
			return "", errors.New("is a float that may have lost digits; pass it as a string")
		}
		return strconv.FormatFloat(f, 'f', -1, rv.Type().Bits()), nil
	case reflect.Pointer:
		return Scalar(rv.Elem().Interface())
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

// elements returns the values of a slice or an array, except of []byte.
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
