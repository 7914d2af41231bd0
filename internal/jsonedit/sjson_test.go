package jsonedit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/sjson"

	"github.com/wechatpay-chain/wechatpay/internal/jsonedit"
)

// Paths mean what they mean to sjson, which changes a text by one path at a time.
func TestPathsAreThoseOfSJSON(t *testing.T) {
	t.Parallel()
	const text = `{"a":{"b":[1,2,{"c":3}]},"d.e":4,"f":{"0":5}}`
	for _, row := range []struct{ name, path string }{
		{"a key", "a"},
		{"a new key", "x"},
		{"below", "a.b.2.c"},
		{"an index", "a.b.1"},
		{"the end of a list", "a.b.3"},
		{"appending", "a.b.-1"},
		{"a list on the way", "x.0.y"},
		{"objects on the way", "x.y.z"},
		{"an escaped dot", `d\.e`},
		{"an escaped wildcard", `x\*y`},
		{"digits as a key there", "f.0"},
		{"digits as a key anew", "x.:7"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			want, err := sjson.SetRaw(text, row.path, `"set"`)
			require.NoError(t, err)
			tree := jsonedit.Parse(text)
			require.NoError(t, tree.Set(row.path, `"set"`))
			assert.JSONEq(t, want, string(tree.Bytes()))

			want, err = sjson.Delete(want, row.path)
			require.NoError(t, err)
			require.NoError(t, tree.Delete(row.path))
			assert.JSONEq(t, want, string(tree.Bytes()))
		})
	}
}

// FuzzPathsOfSJSON: what both take comes to the same.
func FuzzPathsOfSJSON(f *testing.F) {
	f.Add("a.b.1", `{"a":{"b":[1,2]}}`)
	f.Add("x.0.y", `{}`)
	f.Add(`d\.e`, `{"d.e":4}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		if !json.Valid([]byte(text)) || !strings.HasPrefix(text, "{") || strings.ContainsAny(path, ":\\\"") || strings.ContainsAny(text, "\\") {
			t.Skip("an escape, which each reads in its own way, or no object")
		}
		tree := jsonedit.Parse(text)
		if tree.Set(path, `"set"`) != nil {
			t.Skip("refused")
		}
		want, err := sjson.SetRaw(text, path, `"set"`)
		if err != nil || !json.Valid([]byte(want)) {
			t.Skip("sjson refuses it")
		}
		assert.JSONEq(t, want, string(tree.Bytes()), path)
	})
}
