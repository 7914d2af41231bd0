// Package errordocs_test keeps docs/guide/troubleshooting.md true: it walks the code for the texts of
// errors, and fails for one that no entry of errors.jsonl explains. The page is written from both.
//
//	go test ./internal/errordocs -update
package errordocs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// A text is the template of an error.
type text struct {
	pkg  string // a folder of the module, "." for the root
	text string
}

func (t text) String() string { return t.pkg + " " + t.text }

// shown is the text as a person meets it, with … for what differs.
func (t text) shown() string { return verb.ReplaceAllString(t.text, "…") }

var (
	verb   = regexp.MustCompile(`%(?:\[\d+\])?[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]`)
	letter = regexp.MustCompile(`\pL`)
	prefix = regexp.MustCompile(`^[a-z]+: `)
)

// says reports whether there is a word in the text behind the name of its package: what only wraps another
// error is explained by that.
func (t text) says() bool {
	return letter.MatchString(verb.ReplaceAllString(prefix.ReplaceAllString(t.text, ""), ""))
}

// skipped are folders with errors that no user of the library meets, and modules of their own; of those, batch is
// walked, too.
var skipped = map[string]bool{
	"examples": true, "cmd": true, "accel": true, "interop": true, "benchmarks": true, "tools": true, "docs": true,
	"internal/gen": true, "internal/vectors": true, "internal/printtest": true, "internal/ratio": true, "internal/testgateway": true,
}

// texts are the templates of all errors that the packages of the module make, without tests and generated code.
func texts(t *testing.T) []text {
	t.Helper()
	found := map[text]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if entry.IsDir() {
			if skipped[relative] || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && relative != "." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_gen.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for said := range said(file) {
			if one := (text{filepath.ToSlash(filepath.Dir(relative)), said}); one.says() {
				found[one] = true
			}
		}
		return nil
	})
	require.NoError(t, err)
	return slices.SortedFunc(maps.Keys(found), func(a, b text) int { return strings.Compare(a.String(), b.String()) })
}

// said are the templates of errors in a file: those that errors are made of, the texts of Error methods,
// the next steps at the end of an error, and the texts of a field Error, such as that of a batch's result.
func said(file *ast.File) iter.Seq[string] {
	return func(yield func(string) bool) {
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.CallExpr:
				if len(n.Args) > 0 && makesError(n.Fun) {
					if said, ok := literal(n.Args[0]); ok {
						return yield(said)
					}
				}
			case *ast.FuncDecl:
				if n.Recv != nil && n.Name.Name == "Error" || strings.HasSuffix(n.Name.Name, "Next") || saysWhatIsMissing(n) {
					return sentences(n.Body, yield)
				}
			case *ast.AssignStmt:
				if of, ok := n.Lhs[0].(*ast.SelectorExpr); ok && (of.Sel.Name == "next" || of.Sel.Name == "Error") {
					return sentences(n, yield)
				}
			}
			return true
		})
	}
}

// saysWhatIsMissing reports whether a function has a result of this name: why a batch's result has no reply.
func saysWhatIsMissing(f *ast.FuncDecl) bool {
	return f.Type.Results != nil && slices.ContainsFunc(f.Type.Results.List, func(r *ast.Field) bool {
		return slices.ContainsFunc(r.Names, func(name *ast.Ident) bool { return name.Name == "missing" })
	})
}

// sentences are the constant texts below a node that have several words.
func sentences(below ast.Node, yield func(string) bool) bool {
	going := true
	ast.Inspect(below, func(node ast.Node) bool {
		if e, ok := node.(ast.Expr); ok && going {
			if said, ok := literal(e); ok {
				if strings.Count(said, " ") > 2 {
					going = yield(said)
				}
				return false
			}
		}
		return going
	})
	return going
}

// makesError reports whether a function makes an error of a template: errors.New, fmt.Errorf, what is
// named after them, and the helpers of packages.
func makesError(function ast.Expr) bool {
	switch f := function.(type) {
	case *ast.SelectorExpr:
		of, ok := f.X.(*ast.Ident)
		return ok && (of.Name == "errors" && f.Sel.Name == "New" || f.Sel.Name == "Errorf" || f.Sel.Name == "errorf" || f.Sel.Name == "stuck")
	case *ast.Ident:
		return f.Name == "invalid" || f.Name == "failed"
	}
	return false
}

// literal is the value of a constant text that stands there, in one part or several.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		value, err := strconv.Unquote(e.Value)
		return value, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		if !ok {
			return "", false
		}
		right, ok := literal(e.Y)
		if !ok {
			return left + "%s", true // what follows differs
		}
		return left + right, true
	}
	return "", false
}
