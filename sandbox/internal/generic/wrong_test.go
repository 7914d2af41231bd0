package generic_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A mutant is a request with one field that is wrong.
type mutant struct{ kind, location, field string }

func TestEveryWrongFieldIsRefused(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, e := range endpoints() {
		w := &walk{}
		c := w.request(t, e)
		mutate(e, c, func(m mutant) {
			counts[m.kind]++
			refusal := checked(e, c)
			if !assert.NotNil(t, refusal, "%s %s: %v", e.Method, e.Path, m) {
				return
			}
			got := mutant{m.kind, refusal.Detail["location"].(string), refusal.Detail["field"].(string)}
			assert.Equal(t, m, got, "%s %s", e.Method, e.Path)
			assert.Equal(t, "PARAM_ERROR", refusal.Code)
		})
		assert.Nil(t, checked(e, c), "all is as it was")
	}
	for kind, n := range counts {
		assert.Greater(t, n, 100, kind)
	}
	t.Logf("all refused, by what was wrong: %v", counts)
}

// mutate makes one field of a call wrong after the other, and calls try for each.
func mutate(e catalogue.Endpoint, c *play.Call, try func(mutant)) {
	for _, f := range e.Vars {
		old := c.Vars[f.Name]
		for kind, value := range wrongTexts(f) {
			c.Vars[f.Name] = value
			try(mutant{kind, "uri", f.Name})
		}
		c.Vars[f.Name] = ""
		try(mutant{"empty", "uri", f.Name})
		c.Vars[f.Name] = old
	}
	for _, f := range e.Query {
		old := c.Query[f.Name]
		for kind, value := range wrongTexts(f) {
			c.Query[f.Name] = []string{value}
			try(mutant{kind, "query", f.Name})
		}
		if f.Required {
			delete(c.Query, f.Name)
			try(mutant{"dropped", "query", f.Name})
		}
		c.Query[f.Name] = old
	}
	fields := e.JSON
	if len(fields) == 0 && len(e.Body) > 0 {
		fields = e.Body[slices.IndexFunc(e.Body, func(f catalogue.Field) bool { return f.Name == "meta" })].Fields
	}
	if c.Body != nil {
		mutateObject(fields, c.Body, "", func(kind, pointer string) { try(mutant{kind, "body", pointer}) })
	}
}

const invented = "INVENTED_VALUE"

// wrongTexts are wrong values of the query or the path, by what is wrong.
func wrongTexts(f catalogue.Field) map[string]string {
	switch kind := strings.TrimRight(f.Type, "[]"); {
	case len(f.Enum) > 0:
		return map[string]string{"enum": invented}
	case kind != "string":
		return map[string]string{"type": "no " + kind}
	}
	return nil
}

func mutateObject(fields catalogue.Fields, o play.Object, at string, try func(kind, pointer string)) {
	for _, f := range fields {
		old, pointer := o[f.Name], at+"/"+f.Name
		set := func(kind, pointer string, value any) {
			o[f.Name] = value
			try(kind, pointer)
			o[f.Name] = old
		}
		if f.Required {
			delete(o, f.Name)
			try("dropped", pointer)
			o[f.Name] = old
		}
		mutateValue(f, old, pointer, set, try)
	}
}

func mutateValue(f catalogue.Field, old any, pointer string, set func(kind, pointer string, value any), try func(kind, pointer string)) {
	if kind, isList := strings.CutSuffix(f.Type, "[]"); isList {
		set("type", pointer, "no list")
		list := old.([]any)
		f.Type = kind
		first := list[0]
		mutateValue(f, first, pointer+"/0", func(kind, pointer string, value any) {
			list[0] = value
			try(kind, pointer)
			list[0] = first
		}, try)
		return
	}
	switch f.Type {
	case "string":
		set("type", pointer, []any{"a list"})
	default:
		set("type", pointer, "no "+f.Type)
	}
	switch {
	case len(f.Enum) == 0:
	case f.Type == "string":
		set("enum", pointer, invented)
	case strings.Trim(f.Enum[0], "0123456789") == "":
		set("enum", pointer, json.Number("987654321"))
	}
	switch inner := old.(type) {
	case play.Object:
		mutateObject(f.Fields, inner, pointer, try)
	case map[string]any:
		mutateObject(f.Fields, inner, pointer, try)
	case string:
		if o, err := play.ParseObject([]byte(inner)); err == nil && f.Text {
			mutateObject(f.Fields, o, pointer, func(kind, at string) { set(kind, at, o.Canonical()) })
		}
	}
}
