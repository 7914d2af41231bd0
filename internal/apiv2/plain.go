package apiv2

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// SetPlain sets the params of a map that holds texts and whole numbers alone, as most do, as
// SetBody does of its JSON. done is false for anything else, and for what SetBody refuses: it says why.
func (c *Call) SetPlain(body any, caller Caller) (done bool, err error) {
	m, ok := body.(map[string]any)
	if !ok {
		return false, nil
	}
	params := make([]signer.Param, 0, len(m)+4)
	for name, value := range m {
		text, ok := plain(value)
		if !ok || !utf8.ValidString(text) || checkText(text) != nil || !flatxml.IsName(name) {
			return false, nil //nolint:nilerr // SetBody returns the error
		}
		params = append(params, signer.Param{Name: name, Value: text})
	}
	slices.SortFunc(params, func(a, b signer.Param) int { return strings.Compare(a.Name, b.Name) })
	c.Params, err = Fill(params, &c.Facts, caller)
	return true, err
}

func plain(value any) (text string, ok bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case int:
		return strconv.Itoa(value), true
	case int64:
		return strconv.FormatInt(value, 10), true
	}
	return "", false
}

var timeType = reflect.TypeFor[time.Time]()

// CheckTimes refuses a [time.Time] among the values of a body: APIv2 writes times in several forms.
func CheckTimes(body any) error {
	if m, ok := body.(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			switch m[name].(type) {
			case time.Time, *time.Time:
				return timeError(name)
			}
		}
		return nil
	}
	v := reflect.Indirect(reflect.ValueOf(body))
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		if f := v.Field(i).Type(); f == timeType || f.Kind() == reflect.Pointer && f.Elem() == timeType {
			return timeError(v.Type().Field(i).Name)
		}
	}
	return nil
}

func timeError(name string) error {
	return fmt.Errorf(`%.60q is a time.Time, which APIv2 writes in several forms; pass the documented one as text, such as t.Format("20060102150405") in China's time`, name)
}
