package openapi

import (
	"encoding/json"
	"strings"
)

func is(value any, want string) bool {
	switch value := value.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case map[string]any:
		return want == "object"
	case json.Number:
		return want == "number" || want == "integer" && !strings.ContainsAny(value.String(), ".eE")
	}
	return false
}

func kindOf(value any) string {
	switch value := value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case json.Number:
		if !is(value, "integer") {
			return "a number with a fraction"
		}
		return "a number"
	}
	return "null, which WeChat Pay refuses"
}

func withArticle(kind string) string {
	if strings.HasPrefix(kind, "integer") || kind == "object" {
		return "an " + kind
	}
	return "a " + kind
}
