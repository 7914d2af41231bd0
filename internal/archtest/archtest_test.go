// Package archtest tests the rules of the tree: that packages import downward only, and how
// large files, documentation and names may be.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/wechatpay-chain/wechatpay"

// mayImport lists the imports that each folder may have. "." is the root package. A folder
// that is missing here fails the test.
var mayImport = map[string][]string{
	".":                   {"cipher", "future", "internal/apierror", "internal/apiv2", "internal/baseurl", "internal/billparts", "internal/callstate", "internal/endpoint", "internal/envconfig", "internal/errtext", "internal/fieldcrypt", "internal/httprule", "internal/jsonedit", "internal/jsonx", "internal/limit", "internal/mediabody", "internal/nilcheck", "internal/retry", "internal/target", "internal/transport", "keys", "media", "middleware", "signer"},
	"keys":                {"signer", "cipher", "internal/baseurl", "internal/callstate", "internal/errtext", "internal/nilcheck", "internal/transport", "middleware"},
	"paysign":             {"signer", "cipher"},
	"micropay":            {"."},
	"middleware":          {"signer", "cipher", "internal/apierror", "internal/apiv2", "internal/callstate", "internal/endpoint", "internal/errtext", "internal/httprule", "internal/retry"},
	"sandbox/sandboxtest": {".", "sandbox"},
	"sandbox":             {"signer", "cipher", "keys", "internal/apiv2", "internal/endpoint", "internal/flatxml", "internal/signmistake", "media", "openapi/catalogue"},
	"notify":              {"signer", "cipher", "keys", "future", "internal/apiv2", "internal/endpoint", "internal/flatxml", "internal/jsonx", "internal/nilcheck"},
	"openapi":             {".", "future", "internal/endpoint", "internal/fieldcrypt", "internal/flatxml", "internal/jsonx", "internal/nilcheck", "internal/target", "media", "middleware", "internal/mediabody"},
	"signer":              {"future", "internal/errtext", "internal/nilcheck"},
	"cipher":              {},
	"media":               {"internal/endpoint", "internal/jsonx", "internal/nilcheck"},
	"future":              {},
	"accel":               {},
	"batch":               {".", "middleware", "openapi/catalogue"},
	"docs":                {},
}

// free are the folders that may import any other: programs and checks.
var free = []string{"benchmarks", "examples", "internal", "interop", "cmd"}

func TestImportsPointDown(t *testing.T) {
	const root = "../.."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "tools" || strings.HasPrefix(entry.Name(), ".") && file != root) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		require.NoError(t, err)
		folder := roomOf(filepath.ToSlash(rel))
		if slices.Contains(free, folder) {
			return nil
		}
		seen[folder] = true
		allowed, known := mayImport[folder]
		require.True(t, known, "folder %q is missing in mayImport", folder)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if target, own := strings.CutPrefix(imported, module); own && !strings.HasPrefix(target+"/", "/"+folder+"/") {
				assert.Contains(t, allowed, path.Clean(strings.TrimPrefix(target, "/")), "%s imports upward or sideways", rel)
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Len(t, seen, len(mayImport), "a folder of mayImport does not exist")
}

// roomOf is the folder of a file that has its own rule: the longest one, or the first folder.
func roomOf(file string) string {
	folder, _, nested := strings.Cut(file, "/")
	if !nested {
		return "."
	}
	for room := range mayImport {
		if len(room) > len(folder) && strings.HasPrefix(file, room+"/") {
			folder = room
		}
	}
	return folder
}

// TestNoImportCycle: without a cycle in mayImport, the imports have none.
func TestNoImportCycle(t *testing.T) {
	var visit func(folder string, way []string)
	visit = func(folder string, way []string) {
		require.NotContains(t, way, folder, "cycle")
		for _, below := range mayImport[folder] {
			visit(below, append(slices.Clone(way), folder))
		}
	}
	for folder := range mayImport {
		visit(folder, nil)
	}
}
