package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A member is a field of a struct as it stands in the generated code.
type member struct {
	goType  string
	tag     reflect.StructTag
	comment string
}

// generatedStructs reads the generated packages: members by JSON name, by folder and type.
func generatedStructs(t *testing.T) map[string]map[string]member {
	t.Helper()
	structs := map[string]map[string]member{}
	eachType(t, func(dir string, spec *ast.TypeSpec) {
		members := map[string]member{}
		inner, ok := spec.Type.(*ast.StructType)
		if !ok {
			return
		}
		for _, f := range inner.Fields.List {
			if f.Tag == nil { // of a node
				return
			}
			text, err := strconv.Unquote(f.Tag.Value)
			require.NoError(t, err)
			tag := reflect.StructTag(text)
			name, _, _ := strings.Cut(tag.Get("json"), ",")
			members[name] = member{source(f.Type), tag, f.Comment.Text()}
		}
		structs[dir+"."+spec.Name.Name] = members
	})
	return structs
}

// eachType goes through the types of all generated packages.
func eachType(t *testing.T, yield func(dir string, spec *ast.TypeSpec)) {
	t.Helper()
	eachFile(t, func(dir string, file *ast.File) {
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				for _, spec := range d.Specs {
					yield(dir, spec.(*ast.TypeSpec))
				}
			}
		}
	})
}

// eachFile goes through the generated files of package openapi and below.
func eachFile(t *testing.T, yield func(dir string, file *ast.File)) {
	t.Helper()
	root := filepath.FromSlash("../../")
	err := filepath.WalkDir(root+"openapi", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_gen.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err == nil {
			yield(filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), root)), file)
		}
		return err
	})
	require.NoError(t, err)
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
	structs := generatedStructs(t)
	count := 0
	for _, p := range built(t)[1:] {
		for _, n := range p.nodes() {
			for _, e := range n.verbs {
				for _, b := range bodies(e) {
					count += checkStruct(t, structs, p.path, p.shapes.of(e, b.suffix).name, b)
				}
			}
		}
	}
	assert.Greater(t, count, 21_000)
}

// built are the products as they are generated, with the names of their shapes.
func built(t *testing.T) []*product {
	t.Helper()
	root, err := buildChain(ofChain(catalogue.All()))
	require.NoError(t, err)
	names, err := readLines[naming]("names.jsonl")
	require.NoError(t, err)
	list, err := readProducts(root, names)
	require.NoError(t, err)
	require.NoError(t, writeChain(files{}, list))
	return list
}

// TestShapesAreOnce: no two structs of a package have the same fields and use.
func TestShapesAreOnce(t *testing.T) {
	for _, p := range built(t)[1:] {
		seen := map[string]string{}
		for _, s := range p.shapes.list {
			key := strconv.FormatBool(s.request)
			for _, f := range s.fields {
				goType := f.goType
				if f.child != nil && !f.text {
					goType += f.child.name
				}
				key += "\n" + f.name + " " + goType + " " + f.tag
			}
			assert.Empty(t, seen[key], "%s: %s", p.path, s.name)
			seen[key] = s.name
		}
	}
}

// TestFieldsHaveLabels: most fields say what they are.
func TestFieldsHaveLabels(t *testing.T) {
	fields, labels := 0, 0
	for _, members := range generatedStructs(t) {
		for _, m := range members {
			fields++
			if strings.IndexFunc(m.comment, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
				labels++
			}
		}
	}
	t.Logf("%d of %d fields have a label", labels, fields)
	assert.Greater(t, labels*100, fields*85)
	amount := generatedStructs(t)["openapi/pay.TransactionsJsapiPostRequest"]["amount"]
	assert.Equal(t, "订单金额; required\n", amount.comment)
}

func TestTextsSayWhatTheyHold(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, field, want string }{
		{"an object", "a@{b}", "JSON-encoded"},
		{"a list of objects", "a[]@{b}", "JSON-encoded list of"}, // the name of the struct follows
		{"a list of strings", "a:string[]@", "JSON-encoded list of strings"},
		{"a list of numbers", "a:integer[]@", "JSON-encoded list of integers"},
		{"what is not documented", "a@", "JSON-encoded"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, encodingOf(fields(t, row.field)[0]))
		})
	}
	structs := generatedStructs(t)
	record := structs["openapi/mchmanage.MchManageSubmissionsPostRequestSubmitDataRecordFields"]["repeated_field_data"]
	assert.Equal(t, "string", record.goType)
	assert.Contains(t, record.comment, "JSON-encoded list of [")
	receivers := structs["openapi/v2/secapi.PayProfitsharingPostRequest"]["receivers"]
	assert.Equal(t, "[]Receivers", receivers.goType)
	assert.Equal(t, "[]int64", structs["openapi/v2/applyment.MicroSubmitupgradePostRequest"]["business_scene"].goType)
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
		sent := b.request && f.Required && !list && m.goType != "json.RawMessage" && (!b.elements || f.Type != "string")
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
