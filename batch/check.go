package batch

import (
	"fmt"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// endpoints are those of the catalogue that have a body, by method and route.
var endpoints = sync.OnceValue(func() map[string]catalogue.Fields {
	all := map[string]catalogue.Fields{}
	for _, e := range catalogue.All() {
		if len(e.JSON) > 0 {
			all[e.Method+" "+e.Route()] = e.JSON
		}
	}
	return all
})

// checkTypes compares the types of a body with the catalogue's: an amount that is a string is
// better refused before a million of them are sent. Fields that are not known pass.
func checkTypes(job Job) error {
	fields := endpoints()[job.Method+" "+job.Path]
	if len(fields) == 0 || len(job.Body) == 0 {
		return nil
	}
	return checkFields(gjson.ParseBytes(job.Body), fields, "")
}

func checkFields(object gjson.Result, fields catalogue.Fields, prefix string) (err error) {
	object.ForEach(func(name, value gjson.Result) bool {
		for _, field := range fields {
			if field.Name == name.Str {
				err = checkField(value, field, prefix+name.Str)
			}
		}
		return err == nil
	})
	return err
}

func checkField(value gjson.Result, field catalogue.Field, path string) (err error) {
	if element, isList := strings.CutSuffix(field.Type, "[]"); isList {
		if !value.IsArray() {
			return mismatch(path, value, "a list")
		}
		field.Type = element
		value.ForEach(func(_, one gjson.Result) bool {
			err = checkField(one, field, path+"[]")
			return err == nil
		})
		return err
	}
	switch field.Type {
	case "string":
		if value.Type != gjson.String {
			return mismatch(path, value, "a string")
		}
	case "integer", "number":
		if value.Type != gjson.Number {
			return mismatch(path, value, "a number")
		}
		if field.Type == "integer" && strings.ContainsAny(value.Raw, ".eE") {
			return mismatch(path, value, "a whole number")
		}
	case "boolean":
		if !value.IsBool() {
			return mismatch(path, value, "a boolean")
		}
	case "object":
		if !value.IsObject() {
			return mismatch(path, value, "an object")
		}
		return checkFields(value, field.Fields, path+".")
	}
	return nil
}

func mismatch(path string, value gjson.Result, want string) error {
	got := strings.ToLower(value.Type.String())
	switch {
	case value.IsArray():
		got = "list"
	case value.IsObject():
		got = "object"
	}
	return fmt.Errorf("body.%s: it is a %s, and is documented as %s", path, got, want)
}
