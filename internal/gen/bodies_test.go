package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A member is a field of a struct as it stands in the generated code.
type member struct {
	goType string
	tag    reflect.StructTag
}

// structsThatThereAre reads the generated packages: members by JSON name, by package and
// type.
func structsThatThereAre(t *testing.T) map[string]map[string]member {
	t.Helper()
	paths, err := filepath.Glob("../../openapi/*/structs*_gen.go")
	require.NoError(t, err)
	structs := map[string]map[string]member{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			members := map[string]member{}
			for _, f := range spec.Type.(*ast.StructType).Fields.List {
				text, err := strconv.Unquote(f.Tag.Value)
				require.NoError(t, err)
				tag := reflect.StructTag(text)
				name, _, _ := strings.Cut(tag.Get("json"), ",")
				members[name] = member{source(f.Type), tag}
			}
			structs[file.Name.Name+"."+spec.Name.Name] = members
			return false
		})
	}
	return structs
}

// source is a type as it is written.
func source(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + source(e.X)
	case *ast.ArrayType:
		return "[]" + source(e.Elt)
	case *ast.SelectorExpr:
		return source(e.X) + "." + e.Sel.Name
	}
	return "?"
}

// TestEveryFieldHasItsPlace goes through all bodies and replies of all endpoints.
func TestEveryFieldHasItsPlace(t *testing.T) {
	structs := structsThatThereAre(t)
	root, err := buildChain(catalogue.All())
	require.NoError(t, err)
	count := 0
	for n := range root.all() {
		pkg, name := n.family()
		for _, e := range n.verbs {
			for _, b := range bodies(e) {
				count += checkStruct(t, structs, pkg, name+verb(e)+b.suffix, b)
			}
		}
	}
	assert.Greater(t, count, 21_000)
}

func checkStruct(t *testing.T, structs map[string]map[string]member, pkg, name string, b body) (count int) {
	t.Helper()
	for _, f := range b.fields {
		m, ok := structs[pkg+"."+name][f.Name]
		require.True(t, ok, "%s.%s has no %s", pkg, name, f.Name)
		count++
		at := []any{"%s.%s: %s %+v", pkg, name, f.Name, m}
		kind := strings.TrimRight(f.Type, "[]")
		list := strings.HasPrefix(m.goType, "[]")
		assert.Equal(t, strings.HasSuffix(f.Type, "[]"), list, at...)
		sent := b.request && f.Required && !list && m.goType != "json.RawMessage"
		assert.Equal(t, !sent, strings.HasSuffix(m.tag.Get("json"), ",omitzero"), at...)
		assert.Equal(t, b.request && !f.Required && (kind == "boolean" || strings.HasSuffix(m.goType, "int64")) && !list, strings.HasPrefix(m.goType, "*"), at...)
		mark := ""
		if f.Encrypted {
			mark = map[bool]string{true: "encrypt", false: "decrypt"}[b.request]
		}
		assert.Equal(t, mark, m.tag.Get("wechatpay"), at...)
		if inner := strings.TrimLeft(m.goType, "[]*"); kind == "object" && len(f.Fields) > 0 {
			count += checkStruct(t, structs, pkg, inner, body{fields: f.Fields, request: b.request})
		}
	}
	return count
}
