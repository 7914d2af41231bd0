package kit

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Refuse refuses a call; number is what stands at the end of Request-ID, or 0.
func Refuse(status int, code string, number int, issue string) error {
	if number != 0 {
		issue = fmt.Sprintf("%s（%d）", issue, number)
	}
	r := play.Refuse(status, code, issue)
	r.Number = number
	return r
}

// Invalid refuses with 400 INVALID_REQUEST.
func Invalid(number int, issue string) error { return Refuse(400, "INVALID_REQUEST", number, issue) }

// Missing refuses with 404 RESOURCE_NOT_EXISTS.
func Missing(number int, issue string) error {
	return Refuse(404, "RESOURCE_NOT_EXISTS", number, issue)
}

// Wrong refuses a field of the body, which at points to.
func Wrong(at, issue string) error { return play.WrongField("body", at, issue) }

// WrongNumber is Wrong with what stands at the end of Request-ID.
func WrongNumber(at string, number int, issue string) error {
	r := play.WrongField("body", at, issue)
	r.Number = number
	return r
}

// First returns the first error.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// outOfRange is the number of a value that is too small or too large.
const outOfRange = 268435464

// Whole checks a whole number, which may be left out. The catalogue calls some of them number,
// so that a fraction comes this far.
func Whole(o play.Object, at, name string, least, most int64) error {
	if !o.Has(name) {
		return nil
	}
	if text, ok := o[name].(json.Number); ok && strings.ContainsAny(text.String(), ".eE") {
		return Wrong(at+"/"+name, "应为整数")
	}
	if n := o.Int(name); n < least || n > most {
		return WrongNumber(at+"/"+name, outOfRange, fmt.Sprintf("取值应为 %d 到 %d", least, most))
	}
	return nil
}

// Longest checks the characters of a text.
func Longest(o play.Object, at, name string, most int) error {
	if utf8.RuneCountInString(o.Text(name)) > most {
		return WrongNumber(at+"/"+name, 268435462, fmt.Sprintf("长度应不超过 %d 个字符", most))
	}
	return nil
}

// Needed checks that there are values.
func Needed(o play.Object, at string, names ...string) error {
	for _, name := range names {
		if !o.Has(name) || o[name] == "" {
			return Wrong(at+"/"+name, "缺少必填字段 "+name)
		}
	}
	return nil
}

// Length checks the characters of a text, of which there must be some where least is not 0.
func Length(o play.Object, at, name string, least, most int) error {
	if n := utf8.RuneCountInString(o.Text(name)); n < least || n > most {
		return Wrong(at+"/"+name, fmt.Sprintf("长度应为 %d 到 %d 个字符", least, most))
	}
	return nil
}
