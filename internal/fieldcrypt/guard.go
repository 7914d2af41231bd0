package fieldcrypt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// A Guard finds documented fields that are about to leave in the clear. The zero Guard
// finds none.
type Guard struct {
	Marks [][]string // the keys of each path, without the signs of lists
}

// Guard returns the Guard of a call with these [Call.Marks].
func (c Call) Guard(marks []string) Guard {
	g := Guard{make([][]string, 0, len(marks))}
	for _, path := range marks {
		if !c.clear(path) {
			g.Marks = append(g.Marks, keysOf(path))
		}
	}
	return g
}

// cut has the keys of the documented paths, which each call to their endpoints needs.
var cut sync.Map

// keysOf returns the keys of a documented path, without the signs of lists.
func keysOf(path string) []string {
	known, ok := cut.Load(path)
	if !ok {
		known, _ = cut.LoadOrStore(path, slices.DeleteFunc(strings.Split(path, "."), func(key string) bool { return key == "#" }))
	}
	return known.([]string) //nolint:forcetypeassert // nothing else is stored
}

// JSON checks a body: that of JSON, or what is signed of another one.
func (g Guard) JSON(option string, data []byte) error {
	if len(g.Marks) == 0 || len(data) == 0 {
		return nil
	}
	if !json.Valid(data) {
		return fmt.Errorf("%s: what is signed is not JSON, in which %q is encrypted; name the fields in Options.Unencrypted to send it as it is", option, strings.Join(g.Marks[0], "."))
	}
	if leaks := g.leaks(data); leaks != nil {
		return fmt.Errorf("%s: %w", option, leaks[0])
	}
	return nil
}

// Leaks returns the first leak of each documented field in a body, or none if it is not
// JSON.
func (g Guard) Leaks(data []byte) []*LeakError {
	if len(g.Marks) == 0 || !json.Valid(data) {
		return nil
	}
	return g.leaks(data)
}

func (g Guard) leaks(data []byte) (leaks []*LeakError) {
	root := gjson.ParseBytes(data)
	for _, keys := range g.Marks {
		if l := leak(root, keys, nil); l != nil {
			leaks = append(leaks, l)
		}
	}
	return leaks
}

// Query checks a query, as it is about to be sent.
func (g Guard) Query(raw string) error {
	if len(g.Marks) == 0 || raw == "" {
		return nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return errors.New("the query of the path is malformed, and has encrypted fields; move it to Options.Query")
	}
	if leaks := g.QueryLeaks(values); leaks != nil {
		return fmt.Errorf("Options.Query: %w", leaks[0])
	}
	return nil
}

// QueryLeaks returns the leaks of a query, by name.
func (g Guard) QueryLeaks(query url.Values) (leaks []*LeakError) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, keys := range g.Marks {
			if len(keys) == 1 && sameName(name, keys[0]) && slices.ContainsFunc(query[name], isClear) {
				leaks = append(leaks, inTheClear([]string{name}, name, keys[0]))
			}
		}
	}
	return leaks
}

// Any reports whether a call has documented fields that are not encrypted yet. The meta
// part of an upload, which is built later, may have some.
func (g Guard) Any(body []byte, query map[string]any, upload bool) bool {
	for _, keys := range g.Marks {
		if _, inQuery := query[keys[0]]; inQuery || upload {
			return true
		}
	}
	return g.JSON("", body) != nil
}

// leak finds a value at the keys that is not encrypted, whatever lists are on the way, and
// in whatever case the names are written.
func leak(at gjson.Result, keys, way []string) (found *LeakError) {
	switch {
	case at.IsArray():
		at.ForEach(func(_, element gjson.Result) bool {
			found = leak(element, keys, way)
			return found == nil
		})
		return found
	case len(keys) == 0:
		if at.Type == gjson.Null || at.Type == gjson.String && !isClear(at.Str) {
			return nil
		}
		return inTheClear(way, "", "")
	case at.Type == gjson.String && json.Valid([]byte(at.Str)): // JSON within a string; gjson.Valid recurses without bound
		if inner := gjson.Parse(at.Str); inner.IsObject() || inner.IsArray() {
			return leak(inner, keys, way)
		}
	case !at.IsObject():
		return nil
	}
	at.ForEach(func(name, value gjson.Result) bool {
		if sameName(name.Str, keys[0]) {
			found = leak(value, keys[1:], append(slices.Clip(way), name.Str))
			if found != nil && name.Str != keys[0] {
				found = inTheClear(append(slices.Clip(way), name.Str), name.Str, keys[0])
			}
		}
		return found == nil
	})
	return found
}

// A LeakError is a field that would leave in the clear.
type LeakError struct {
	Path string // the keys with dots between them, without the indexes of lists
	Text string // what is wrong, and the fix
}

func (l *LeakError) Error() string { return fmt.Sprintf("%q %s", l.Path, l.Text) }

func inTheClear(way []string, name, documented string) *LeakError {
	text := "would leave in the clear, and is documented as encrypted; set Options.Encrypt to Auto(), or name it in Options.Unencrypted to send it as it is"
	if name != documented {
		text = fmt.Sprintf("would leave in the clear: the name is %q, and its value is encrypted; write it so, with a json tag in a struct", documented)
	}
	return &LeakError{strings.Join(way, "."), text}
}

// sameName compares names in any case, with or without signs between the words: AccountName
// is account_name.
func sameName(a, b string) bool {
	for {
		a, b = strings.TrimLeft(a, "_-"), strings.TrimLeft(b, "_-")
		if a == "" || b == "" {
			return a == b
		}
		if lower(a[0]) != lower(b[0]) {
			return false
		}
		a, b = a[1:], b[1:]
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

func isClear(value string) bool { return value != "" && !IsCiphertext(value) }

// IsCiphertext reports whether a value is base64 of as many bytes as an RSA key of 2048,
// 3072 or 4096 bits encrypts to.
func IsCiphertext(value string) bool {
	switch len(value) {
	case 344, 512, 684:
		raw, err := base64.StdEncoding.DecodeString(value)
		return err == nil && (len(raw) == 256 || len(raw) == 384 || len(raw) == 512)
	}
	return false
}
