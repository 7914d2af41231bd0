package main

import (
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMaxVars compares the limit with the array in package route, which this package may
// not import.
func TestMaxVars(t *testing.T) {
	source, err := os.ReadFile("../../openapi/internal/route/route.go")
	require.NoError(t, err)
	assert.Contains(t, string(source), fmt.Sprintf("\nconst MaxVars = %d\n", maxVars))
}

// TestNamesAreShort: no exported name is longer than people can read.
func TestNamesAreShort(t *testing.T) {
	longest := ""
	check := func(dir, name string) {
		assert.LessOrEqual(t, len(name), maxName, "%s.%s", dir, name)
		if len(name) > len(longest) {
			longest = name
		}
	}
	eachFile(t, func(dir string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				check(dir, n.Name.Name)
			case *ast.FuncDecl:
				check(dir, n.Name.Name)
			case *ast.ValueSpec:
				check(dir, n.Names[0].Name)
			case *ast.Field:
				if len(n.Names) > 0 {
					check(dir, n.Names[0].Name)
				}
			}
			return true
		})
	})
	t.Logf("the longest name is %s, of %d letters", longest, len(longest))
}

// TestDocumentationIsShort limits the documentation of each package. Source is longer than
// what go doc prints of it, so go doc runs only if the source passes the limit.
func TestDocumentationIsShort(t *testing.T) {
	out, err := generate()
	require.NoError(t, err)
	sizes := map[string]int{}
	for name, content := range out {
		if strings.HasPrefix(name, "openapi/") {
			sizes[path.Dir(name)] += len(content)
		}
	}
	for dir, size := range sizes {
		limit := 600 << 10
		if dir == "openapi" {
			limit, size = 100<<10, limit // not all of its source is generated
		}
		if size >= limit {
			doc, err := exec.CommandContext(t.Context(), "go", "doc", "-all", "../../"+dir).Output()
			require.NoError(t, err)
			assert.Less(t, len(doc), limit, dir)
		}
	}
}
