package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// TestUpToDate: what is generated is what is there, each time.
func TestUpToDate(t *testing.T) {
	require.NoError(t, run(true))
	out, err := generate()
	require.NoError(t, err)
	require.NoError(t, out.check("../.."))
}

// TestCheck: what is missing, changed or left over is named, and writing repairs it.
func TestCheck(t *testing.T) {
	root := t.TempDir()
	out := files{}
	require.NoError(t, out.add("a/a", "a", nil, "var  a json.Number"))
	require.NoError(t, out.add("b", "b", nil, "var b = 1 // json."))
	require.ErrorContains(t, out.check(root), "these files are stale, run go generate: a/a_gen.go, b_gen.go")

	require.NoError(t, out.write(root))
	require.NoError(t, out.check(root))

	require.NoError(t, os.WriteFile(filepath.Join(root, "b_gen.go"), []byte("package b\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "c_gen.go"), []byte(header), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "d_gen.go"), []byte("// by another generator\n"), 0o600))
	require.ErrorContains(t, out.check(root), "run go generate: c_gen.go, b_gen.go")

	require.NoError(t, out.write(root))
	require.NoError(t, out.check(root))
	assert.NoFileExists(t, filepath.Join(root, "c_gen.go"))
	assert.FileExists(t, filepath.Join(root, "d_gen.go"))
}

func TestEveryEventHasAConstant(t *testing.T) {
	events := catalogue.Events()
	require.GreaterOrEqual(t, len(events), 102+3, "of v3, and of the brand API")

	parsed, err := parser.ParseFile(token.NewFileSet(), "../../notify/events_gen.go", nil, 0)
	require.NoError(t, err)
	constants := map[string]string{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			constants[value] = spec.Names[0].Name
		}
		return true
	})
	assert.Len(t, constants, len(events))
	for _, e := range events {
		assert.NotEmpty(t, constants[e.Type], e.Type)
	}
	assert.Equal(t, "TransactionSuccess", constants["TRANSACTION.SUCCESS"])
}

func TestCheckEndpoints(t *testing.T) {
	a := catalogue.Endpoint{Version: 3, Method: "GET", Path: "/v3/a/{id}", Vars: fields(t, "id!")}
	b := catalogue.Endpoint{Version: 3, Method: "GET", Path: "/v3/b"}
	require.NoError(t, checkEndpoints([]catalogue.Endpoint{a, b}))
	require.ErrorContains(t, checkEndpoints([]catalogue.Endpoint{b, a}), "GET /v3/a/{id} is a duplicate or not in order")
	require.ErrorContains(t, checkEndpoints([]catalogue.Endpoint{a, a}), "is a duplicate")
	for _, row := range []struct{ name, vars string }{
		{"none", ""},
		{"another", "other!"},
		{"one too many", "id! other!"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := a
			e.Vars = fields(t, row.vars)
			require.ErrorContains(t, checkEndpoints([]catalogue.Endpoint{e}), "its vars differ from those of its path")
		})
	}
}

func TestMerge(t *testing.T) {
	list := merge(fields(t, "id! amount{total!:number}"), fields(t, "id amount!{total:number rate:number} more"))
	assert.Equal(t, fields(t, "id amount{total:number rate:number} more"), list)
	assert.Equal(t, fields(t, "id amount{rate:number}"), omit(list, "", []string{"more", "amount.total"}))
}

func fields(t *testing.T, notation string) catalogue.Fields {
	t.Helper()
	var list catalogue.Fields
	require.NoError(t, list.UnmarshalText([]byte(notation)))
	return list
}

func TestScalarType(t *testing.T) {
	for _, c := range []struct{ name, kind, want string }{
		{"total_amount", "number", "int64"},
		{"total", "integer", "int64"},
		{"settlement_rate", "number", "json.Number"},
		{"limit_pay", "string[]", "[]string"},
		{"need_collection", "boolean", "bool"},
		{"anything", "object", "json.RawMessage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, typeOf(catalogue.Field{Name: c.name, Type: c.kind}))
		})
	}
}
