package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A field is one line of WeChat Pay's description of a request body: its path
// (a.b, list[].c), its JSON type, whether it is required if its parent is present.
type field struct {
	Path     string `json:"path"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

//go:embed jsapi-with-contract.json
var jsapiWithContractJSON []byte

var jsapiWithContract = parseFields(jsapiWithContractJSON)

// A fieldTree holds the fields of an object by name.
type fieldTree map[string]*fieldNode

type fieldNode struct {
	field
	children fieldTree
}

func parseFields(data []byte) fieldTree {
	var fields []field
	if err := json.Unmarshal(data, &fields); err != nil {
		panic(err) // the data is part of this package
	}
	root := fieldTree{}
	for _, f := range fields {
		tree := root
		names := strings.Split(strings.ReplaceAll(f.Path, "[]", ""), ".")
		for _, parent := range names[:len(names)-1] {
			tree = tree[parent].children
		}
		tree[names[len(names)-1]] = &fieldNode{f, fieldTree{}}
	}
	return root
}

// decodeBody reads a JSON object and checks it against its fields. The refusal
// names the first field that is wrong, as WeChat Pay does.
func decodeBody(body []byte, fields fieldTree) (map[string]any, *Reply) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil || decoder.More() {
		return nil, paramError("", "body", "请求体不是 JSON 对象")
	}
	if at, issue := fields.check(object, ""); issue != "" {
		return nil, paramError(at, "body", issue)
	}
	return object, nil
}

func paramError(field, location, issue string) *Reply {
	return Error(http.StatusBadRequest, "PARAM_ERROR", "参数错误："+issue,
		map[string]any{"field": field, "issue": issue, "location": location})
}

// check returns the JSON pointer of the first wrong field and what is wrong.
func (t fieldTree) check(object map[string]any, at string) (pointer, issue string) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		node, here := t[name], at+"/"+name
		value, given := object[name]
		switch {
		case !given && node.Required:
			return here, "缺少必填字段 " + name
		case !given:
			continue
		}
		if pointer, issue := node.check(value, here); issue != "" {
			return pointer, issue
		}
	}
	return "", ""
}

func (n *fieldNode) check(value any, at string) (pointer, issue string) {
	element, isList := strings.CutSuffix(n.Type, "[]")
	if !isList {
		return n.checkOne(value, element, at)
	}
	list, ok := value.([]any)
	if !ok {
		return at, "应为数组"
	}
	for i, v := range list {
		if pointer, issue := n.checkOne(v, element, fmt.Sprintf("%s/%d", at, i)); issue != "" {
			return pointer, issue
		}
	}
	return "", ""
}

func (n *fieldNode) checkOne(value any, want, at string) (pointer, issue string) {
	ok := false
	switch v := value.(type) {
	case string:
		ok = want == "string"
		if ok && v == "" && n.Required {
			return at, "必填字段为空"
		}
	case bool:
		ok = want == "boolean"
	case json.Number:
		ok = want == "number" || want == "integer" && !strings.ContainsAny(v.String(), ".eE")
	case map[string]any:
		if want == "object" {
			return n.children.check(v, at)
		}
	}
	if !ok {
		return at, "类型应为 " + want
	}
	return "", ""
}
