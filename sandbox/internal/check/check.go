// Package check compares requests with what is documented of their endpoint. What is
// documented only in prose (lengths, sums, states) is left to the parts that play it.
package check

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// Vars checks the path variables, none of which may be empty.
func Vars(fields catalogue.Fields, vars map[string]string) *play.Refusal {
	for _, f := range fields {
		f.Required = true
		if issue := text(f, vars[f.Name]); issue != "" {
			return play.WrongField("uri", f.Name, issue)
		}
	}
	return nil
}

// Query checks the query. Parameters that are not documented are ignored.
func Query(fields catalogue.Fields, query url.Values) *play.Refusal {
	for _, f := range fields {
		for _, value := range append([]string{}, query[f.Name]...) {
			if issue := text(f, value); issue != "" {
				return play.WrongField("query", f.Name, issue)
			}
		}
		if f.Required && !query.Has(f.Name) {
			return play.WrongField("query", f.Name, "缺少必填参数 "+f.Name)
		}
	}
	return nil
}

// text checks a value of the query or the path.
func text(f catalogue.Field, value string) (issue string) {
	kind := strings.TrimRight(f.Type, "[]")
	switch {
	case value == "" && f.Required:
		return "必填参数为空"
	case value == "" || len(f.Enum) > 0 && slices.Contains(f.Enum, value):
		return ""
	case len(f.Enum) > 0:
		return "取值应为 " + strings.Join(f.Enum, "、") + " 之一"
	}
	var err error
	switch kind {
	case "integer":
		_, err = strconv.ParseInt(value, 10, 64)
	case "number":
		_, err = strconv.ParseFloat(value, 64)
	case "boolean":
		_, err = strconv.ParseBool(value)
	}
	if err != nil {
		return "类型应为 " + kind
	}
	return ""
}

// Body checks a JSON body: its required fields, their types and enum values. The Refusal
// names the first field that is wrong, in the order of the documentation.
func Body(fields catalogue.Fields, body play.Object) *play.Refusal {
	if at, issue := object(fields, body, ""); issue != "" {
		return play.WrongField("body", at, issue)
	}
	return nil
}

// object returns the JSON pointer of the first wrong field, and what is wrong. A field that is
// documented in several forms is right in any of them.
func object(fields catalogue.Fields, o map[string]any, at string) (pointer, issue string) {
	for i, f := range fields {
		if named(fields[:i], f.Name) >= 0 {
			continue // with the first form
		}
		pointer, issue := field(f, o[f.Name], at+"/"+f.Name)
		for forms := fields[i+1:]; issue != ""; {
			next := named(forms, f.Name)
			if next < 0 {
				return pointer, issue
			}
			if _, wrong := field(forms[next], o[f.Name], at+"/"+f.Name); wrong == "" {
				break
			}
			forms = forms[next+1:]
		}
	}
	return "", ""
}

func named(fields catalogue.Fields, name string) int {
	return slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
}

func field(f catalogue.Field, value any, at string) (pointer, issue string) {
	if value == nil {
		if f.Required {
			return at, "缺少必填字段 " + f.Name
		}
		return "", ""
	}
	if held, ok := f.Held(); ok && value != "" {
		return inText(held, value, at)
	}
	if kind, isList := strings.CutSuffix(f.Type, "[]"); isList {
		list, ok := value.([]any)
		switch {
		case !ok:
			return at, "应为数组"
		case len(list) == 0 && f.Required:
			return at, "必填数组为空"
		}
		f.Type, f.Required = kind, true
		for i, element := range list {
			if pointer, issue := field(f, element, fmt.Sprintf("%s/%d", at, i)); issue != "" {
				return pointer, issue
			}
		}
		return "", ""
	}
	return one(f, value, at)
}

// one checks a value that is no list.
func one(f catalogue.Field, value any, at string) (pointer, issue string) {
	right := false
	switch v := value.(type) {
	case string:
		right = f.Type == "string"
		switch {
		case !right:
		case v == "" && f.Required:
			return at, "必填字段为空"
		case v != "" && len(f.Enum) > 0 && !slices.Contains(f.Enum, v):
			return at, "取值应为 " + strings.Join(f.Enum, "、") + " 之一"
		}
	case bool:
		right = f.Type == "boolean"
	case json.Number:
		right = f.Type == "number" || f.Type == "integer" && !strings.ContainsAny(v.String(), ".eE")
		if right && numbered(f.Enum) && !slices.Contains(f.Enum, v.String()) {
			return at, "取值应为 " + strings.Join(f.Enum, "、") + " 之一"
		}
	case map[string]any:
		if f.Type == "object" {
			return object(f.Fields, v, at)
		}
	}
	if !right {
		return at, "类型应为 " + f.Type
	}
	return "", ""
}

// inText checks the value whose JSON a text holds.
func inText(held catalogue.Field, value any, at string) (pointer, issue string) {
	text, isText := value.(string)
	if !isText {
		return at, "类型应为 string"
	}
	inner, err := play.ParseValue(text)
	if err != nil || inner == nil {
		return at, "应为 JSON 字符串"
	}
	return field(held, inner, at)
}

// numbered reports whether the values of a number are documented as numbers: of a few there are
// only names.
func numbered(enum []string) bool {
	return len(enum) > 0 && !slices.ContainsFunc(enum, func(value string) bool { return strings.Trim(value, "0123456789") != "" })
}
