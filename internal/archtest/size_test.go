package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The root is one flow, in few and short files.
func TestSizeOfTheRoot(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../*.go")
	require.NoError(t, err)
	var lengths []int
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		lengths = append(lengths, bytes.Count(source, []byte("\n")))
	}
	slices.Sort(lengths)
	t.Log(lengths)
	assert.LessOrEqual(t, len(lengths), 20, "files")
	assert.LessOrEqual(t, lengths[len(lengths)-1], 300, "lines of the longest file")
	assert.Less(t, (lengths[(len(lengths)-1)/2]+lengths[len(lengths)/2])/2, 150, "lines, the median")
}

// A page of documentation can be read, that of a product with many endpoints too.
func TestSizeOfDocumentation(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, folder string
		limit        int
	}{
		{"the entry points", "openapi", 100_000},
		{"the largest product", largestProduct(t), 600_000},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			doc := exec.CommandContext(t.Context(), "go", "doc", "-all", "./"+row.folder)
			doc.Dir = "../.."
			output, err := doc.Output()
			require.NoError(t, err)
			t.Logf("%s: %d bytes", row.folder, len(output))
			assert.Less(t, len(output), row.limit, row.folder)
		})
	}
}

// largestProduct is the folder below openapi with the most generated code.
func largestProduct(t *testing.T) string {
	t.Helper()
	sizes := map[string]int64{}
	largest := ""
	require.NoError(t, filepath.WalkDir("../../openapi", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_gen.go") {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), filepath.Join("..", "..")+string(filepath.Separator)))
		if sizes[folder] += info.Size(); sizes[folder] > sizes[largest] {
			largest = folder
		}
		return nil
	}))
	return largest
}

// The name of a test is a phrase, not a paragraph.
func TestNamesOfTests(t *testing.T) {
	t.Parallel()
	seen := 0
	require.NoError(t, filepath.WalkDir("../..", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range parsed.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				seen++
				assert.LessOrEqual(t, len(f.Name.Name), 50, "%s: %s", file, f.Name.Name)
			}
		}
		return nil
	}))
	assert.Positive(t, seen)
}
