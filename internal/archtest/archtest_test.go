// Package archtest tests that packages import downward only.
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

// mayImport is the house plan: which rooms a room may lean on. "." is the root.
// A room that is missing here fails the test, so that it is placed on purpose.
var mayImport = map[string][]string{
	".":          {"cipher", "future", "internal/billparts", "internal/callstate", "internal/fieldcrypt", "internal/jsonx", "internal/retry", "internal/target", "keys", "media", "middleware", "signer"},
	"keys":       {"signer", "cipher", "internal/callstate", "middleware"},
	"paysign":    {"signer", "cipher"},
	"middleware": {"signer", "internal/callstate", "internal/endpoint", "internal/retry"},
	"sandbox":    {"signer", "cipher", "keys", "internal/endpoint"},
	"notify":     {"signer", "cipher", "keys", "future", "internal/jsonx"},
	"openapi":    {".", "future", "internal/endpoint", "middleware"},
	"signer":     {},
	"cipher":     {},
	"media":      {"internal/endpoint"},
	"future":     {},
}

// free are the rooms that may import any other: programs and checks.
var free = []string{"examples", "internal", "cmd"}

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
		room, _, nested := strings.Cut(filepath.ToSlash(rel), "/")
		if !nested {
			room = "."
		}
		if slices.Contains(free, room) {
			return nil
		}
		seen[room] = true
		allowed, known := mayImport[room]
		require.True(t, known, "room %q has no place in the plan", room)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			if target, own := strings.CutPrefix(imported, module); own && !strings.HasPrefix(target+"/", "/"+room+"/") {
				assert.Contains(t, allowed, path.Clean(strings.TrimPrefix(target, "/")), "%s imports upward or sideways", rel)
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Len(t, seen, len(mayImport), "a room of the plan is gone")
}

// TestThePlanHasNoCircle: with the plan itself free of circles, the imports are.
func TestThePlanHasNoCircle(t *testing.T) {
	var visit func(room string, way []string)
	visit = func(room string, way []string) {
		require.NotContains(t, way, room, "circle")
		for _, below := range mayImport[room] {
			visit(below, append(slices.Clone(way), room))
		}
	}
	for room := range mayImport {
		visit(room, nil)
	}
}
