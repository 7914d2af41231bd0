package call

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// misspelt returns the fields whose names are nearly those of documented ones that are not
// given. Other fields that are not documented pass: WeChat Pay adds some at any time.
func (r *request) misspelt() []string {
	fields := r.endpoint.JSON
	if r.v2 {
		fields = r.endpoint.XML
	}
	problems := misspelt(gjson.ParseBytes(r.json), fields, "")
	given := func(name string) bool { _, ok := r.query[name]; return ok }
	for _, name := range slices.Sorted(maps.Keys(r.query)) {
		if meant := meant(name, r.endpoint.Query, given); meant != "" {
			problems = append(problems, fmt.Sprintf("-q %s is not documented; did you mean %s?", name, meant))
		}
	}
	return problems
}

func misspelt(object gjson.Result, fields catalogue.Fields, prefix string) (problems []string) {
	given := func(name string) bool { return object.Get(sjsonEscape(name)).Exists() }
	object.ForEach(func(key, value gjson.Result) bool {
		path := prefix + key.Str
		if name := meant(key.Str, fields, given); name != "" {
			problems = append(problems, fmt.Sprintf("%s is not documented; did you mean %s?", path, prefix+name))
			return true
		}
		for _, f := range fields {
			if f.Name == key.Str {
				problems = append(problems, misspeltBelow(value, f.Fields, path)...)
			}
		}
		return true
	})
	return problems
}

// misspeltBelow looks into an object, or into those of a list.
func misspeltBelow(value gjson.Result, fields catalogue.Fields, path string) (problems []string) {
	switch {
	case fields == nil:
	case value.IsObject():
		return misspelt(value, fields, path+".")
	case value.IsArray():
		for i, element := range value.Array() {
			problems = append(problems, misspeltBelow(element, fields, fmt.Sprintf("%s.%d", path, i))...)
		}
	}
	return problems
}

// Meant returns the documented name that a name was meant to be, or "".
func Meant(name string, fields catalogue.Fields) string {
	return meant(name, fields, func(string) bool { return false })
}

// meant returns the documented name that a name was meant to be, or "".
func meant(name string, fields catalogue.Fields, given func(string) bool) (best string) {
	least := 3 // edits; of a short name at most a quarter
	for _, f := range fields {
		if f.Name == name {
			return ""
		}
		if d := edits(strings.ToLower(name), strings.ToLower(f.Name)); d < least && d <= max(1, len(f.Name)/4) && !given(f.Name) {
			best, least = f.Name, d
		}
	}
	return best
}

// edits counts the letters that are inserted, removed, changed or swapped to make one word
// another. Signs between the parts of a name do not count.
func edits(a, b string) int {
	a, b = strings.ReplaceAll(a, "_", ""), strings.ReplaceAll(b, "_", "")
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
