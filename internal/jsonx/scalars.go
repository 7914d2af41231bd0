package jsonx

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// setAny decodes numbers to json.Number, to keep every digit.
func setAny(into reflect.Value, v gjson.Result) bool {
	if _, twice := DuplicateKey(v.Raw); twice || into.NumMethod() > 0 {
		return false
	}
	decoder := json.NewDecoder(strings.NewReader(v.Raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return false
	}
	into.Set(reflect.ValueOf(value))
	return true
}

func setScalar(into reflect.Value, v gjson.Result) bool {
	text := v.Raw // of a number, all its digits; of an object, its JSON
	if v.Type == gjson.String {
		text = v.Str
	}
	switch into.Kind() { //nolint:exhaustive // what is left cannot be decoded
	case reflect.String:
		if into.Type() == numberType && !isNumber(text) {
			return false
		}
		into.SetString(text)
		return true
	case reflect.Bool:
		into.SetBool(text == "true")
		return text == "true" || text == "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := wholeNumber(text)
		if ok = ok && !into.OverflowInt(n); ok {
			into.SetInt(n)
		}
		return ok
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, ok := wholeNumber(text)
		if ok = ok && n >= 0 && !into.OverflowUint(uint64(n)); ok {
			into.SetUint(uint64(n)) //nolint:gosec // not negative
		}
		return ok
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(text, into.Type().Bits())
		if err != nil || !isNumber(text) || !keeps(n, text, into.Type().Bits()) {
			return false
		}
		into.SetFloat(n)
		return true
	}
	return false
}
