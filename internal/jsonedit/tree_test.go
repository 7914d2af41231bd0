package jsonedit_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/jsonedit"
)

// An edit sets a path to a value, or deletes it if the value is empty.
type edit struct{ path, value string }

func apply(tree *jsonedit.Tree, edits []edit) error {
	for _, e := range edits {
		set := func() error { return tree.Set(e.path, e.value) }
		if e.value == "" {
			set = func() error { return tree.Delete(e.path) }
		}
		if err := set(); err != nil {
			return err
		}
	}
	return nil
}

func TestTree(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		edits      []edit
		want       string
	}{
		{"no edit", ` { "a" : 1 } `, nil, ` { "a" : 1 } `},
		{"a new key", `{}`, []edit{{"a", `1`}}, `{"a":1}`},
		{"another value", `{"a":1,"b":2}`, []edit{{"a", `"x"`}}, `{"a":"x","b":2}`},
		{"objects on the way", `{}`, []edit{{"a.b.c", `1`}}, `{"a":{"b":{"c":1}}}`},
		{"a list on the way", `{}`, []edit{{"a.0.b", `1`}, {"a.-1.b", `2`}}, `{"a":[{"b":1},{"b":2}]}`},
		{"a list by -1", `{}`, []edit{{"a.-1", `1`}}, `{"a":[1]}`},
		{"the end of a list", `{"a":[1]}`, []edit{{"a.1", `2`}}, `{"a":[1,2]}`},
		{"within a list", `{"a":[1,2,3]}`, []edit{{"a.1", `{}`}}, `{"a":[1,{},3]}`},
		{"a list outermost", `[1]`, []edit{{"-1", `2`}, {"0", `0`}}, `[0,2]`},
		{"digits as a key there", `{"a":{"0":1}}`, []edit{{"a.0", `2`}, {"a.7", `3`}}, `{"a":{"0":2,"7":3}}`},
		{"digits as a key anew", `{}`, []edit{{"a.:7", `1`}}, `{"a":{"7":1}}`},
		{"an escaped dot", `{"a.b":1}`, []edit{{`a\.b`, `2`}, {`c\.d\.e`, `3`}}, `{"a.b":2,"c.d.e":3}`},
		{"escaped wildcards", `{}`, []edit{{`a\*b\?`, `1`}, {`a\*b\?`, `2`}}, `{"a*b?":2}`},
		{"a backslash in a key", `{}`, []edit{{`a\\b`, `1`}, {`a\\b`, `2`}}, `{"a\\b":2}`},
		{"a key that JSON escapes", `{"\u0061\"":1}`, []edit{{`a"`, `2`}, {"\n", `3`}}, `{"\u0061\"":2,"\n":3}`},
		{"brackets in a key", `{}`, []edit{{"[a]", `1`}, {"[a]", `2`}, {"{b}", `3`}, {"!c", `4`}}, `{"[a]":2,"{b}":3,"!c":4}`},
		{"below a value that was set", `{}`, []edit{{"a", `{"b":{"x":1}}`}, {"a.b.y", `2`}}, `{"a":{"b":{"x":1,"y":2}}}`},
		{"over what was opened", `{"a":{"b":1}}`, []edit{{"a.c", `1`}, {"a", `2`}}, `{"a":2}`},
		{"every digit of the rest", `{"n":1217752501201407033233368018.10,"s":"\u4e2d","a":1}`, []edit{{"a", `1e2`}}, `{"n":1217752501201407033233368018.10,"s":"\u4e2d","a":1e2}`},
		{"delete", `{"a":1,"b":2}`, []edit{{"a", ""}}, `{"b":2}`},
		{"delete all", `{"a":1}`, []edit{{"a", ""}}, `{}`},
		{"delete and set", `{"a":1,"b":2}`, []edit{{"a", ""}, {"a", `3`}}, `{"b":2,"a":3}`},
		{"delete below", `{"a":{"b":[1,2,3]}}`, []edit{{"a.b.1", ""}}, `{"a":{"b":[1,3]}}`},
		{"delete the last", `{"a":[1,2,3]}`, []edit{{"a.-1", ""}, {"a.-1", ""}}, `{"a":[1]}`},
		{"delete below the last", `[{"a":1},{"a":1,"b":2}]`, []edit{{"-1.a", ""}}, `[{"a":1},{"b":2}]`},
		{"delete what is not there", `{"a":1,"l":[]}`, []edit{{"b", ""}, {"a.b", ""}, {"l.0", ""}, {"l.-1", ""}, {"l.x", ""}}, `{"a":1,"l":[]}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tree := jsonedit.Parse(row.text)
			require.NoError(t, apply(tree, row.edits))
			assert.Equal(t, row.want, string(tree.Bytes()))
		})
	}
}

func TestTreeErrors(t *testing.T) {
	t.Parallel()
	const text = `{"a":1,"list":[1],"null":null}`
	for _, row := range []struct{ name, path, want string }{
		{"an empty path", "", `a key is empty`},
		{"an empty key", "a..b", `a key is empty`},
		{"a colon alone", "x.:", `a key is empty`},
		{"a wildcard", "x*", `"x*" matches more than one value; escape "*" with a backslash if it belongs to the key`},
		{"a wildcard behind an escaped one", `x\*y*`, `"x\\*y*" matches more than one value; escape "*" with a backslash if it belongs to the key`},
		{"a backslash at the end", `x\`, `"x\\" ends with a backslash, which escapes nothing; write two for one that belongs to the key`},
		{"a key that is not UTF-8", "x\xff", `the key "x\xff" is not UTF-8`},
		{"inside of a number", "a.b", `"b" would be set inside of a number`},
		{"inside of null", "null.b", `"b" would be set inside of a null`},
		{"a word for an index", "list.x", `"x" is not an index of a list of 1; -1 appends`},
		{"digits as a key of a list", "list.:0", `":0" is not an index of a list of 1; -1 appends`},
		{"a gap", "list.2", `"2" is not an index of a list of 1; -1 appends`},
		{"below zero", "list.-2", `"-2" is not an index of a list of 1; -1 appends`},
		{"an index that no int holds", "list.99999999999999999999", `"99999999999999999999" is not an index of a list of 1; -1 appends`},
		{"a gap in a new list", "x.1", `index 1 would leave a gap in a new list`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, jsonedit.Parse(text).Set(row.path, `1`), row.want)
		})
	}
}

// FuzzTree: what was set is there, all else stays, and the text stays valid; also with as many
// keys as need a map.
func FuzzTree(f *testing.F) {
	f.Add("a.b", "c", `{"a":{"b":1}}`)
	f.Add("l.-1.x", `l.0`, `{"l":[]}`)
	f.Add(`a\.b`, "a.:1", `{"a.b":[1,{"c":null}],"\u0061":{}}`)
	f.Fuzz(func(t *testing.T, set, remove, text string) {
		if !json.Valid([]byte(text)) || strings.Count(set, ".") > 100 || strings.Count(text, "[")+strings.Count(text, "{") > 100 {
			return
		}
		tree := jsonedit.Parse(text)
		if tree.Delete(remove) != nil || tree.Set(set, `"value"`) != nil {
			return
		}
		once := string(tree.Bytes())
		if !json.Valid([]byte(once)) {
			t.Fatalf("%q of %q gave %q", set, text, once)
		}
		again := jsonedit.Parse(once)
		if strings.Contains(set, "-1") {
			return
		}
		if err := again.Set(set, `"value"`); err != nil || string(again.Bytes()) != once {
			t.Fatalf("%q of %q gave %q, then %q, %v", set, text, once, again.Bytes(), err)
		}
	})
}
