// Package zerovalues calls every exported function and method with nil and zero arguments:
// they return an error or a zero value, and do not panic.
package zerovalues

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// An Export is an exported function, or a method of an exported type, of a package.
type Export struct {
	Name string // such as "keys.Set.Key", "(*keys.Keyring).Key" or "future.Then[string, string]"
	Doc  string // the comment
}

// Exports parses the package in dir, without its tests and generated files, and returns its
// exports by name.
// Type parameters are string.
func Exports(dir string) ([]Export, error) {
	packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { //nolint:staticcheck // no build tags are in use
		return !strings.HasSuffix(f.Name(), "_test.go") && !strings.HasSuffix(f.Name(), "_gen.go")
	}, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(dir), err)
	}
	var exports []Export
	for name, pkg := range packages {
		for _, file := range pkg.Files {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Name.IsExported() {
					if export, ok := exportOf(name, f); ok {
						exports = append(exports, Export{export, f.Doc.Text()})
					}
				}
			}
		}
	}
	slices.SortFunc(exports, func(a, b Export) int { return strings.Compare(a.Name, b.Name) })
	return exports, nil
}

// exportOf returns the name of a function or method as an expression in Go, and false for a
// method of an unexported type.
func exportOf(pkg string, f *ast.FuncDecl) (string, bool) {
	if f.Recv == nil {
		return pkg + "." + f.Name.Name + arguments(f.Type.TypeParams.NumFields()), true
	}
	receiver, pointer := f.Recv.List[0].Type, false
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver, pointer = star.X, true
	}
	params := 0
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver, params = generic.X, 1
	case *ast.IndexListExpr:
		receiver, params = generic.X, len(generic.Indices)
	}
	named, ok := receiver.(*ast.Ident)
	if !ok || !named.IsExported() {
		return "", false
	}
	typ := pkg + "." + named.Name + arguments(params)
	if pointer {
		typ = "(*" + typ + ")"
	}
	return typ + "." + f.Name.Name, true
}

func arguments(count int) string {
	if count == 0 {
		return ""
	}
	return "[" + strings.TrimSuffix(strings.Repeat("string, ", count), ", ") + "]"
}
