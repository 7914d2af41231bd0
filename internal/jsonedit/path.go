package jsonedit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/internal/jsonx"
)

// A key is one step of a path.
type key struct {
	written string // as in the path
	name    string // without escapes
	index   int    // in a list; or appends, or noIndex
}

const (
	appends = -1
	noIndex = -2
)

// parsePath splits a path at the dots that are not escaped.
func parsePath(path string) ([]key, error) {
	keys := make([]key, 0, strings.Count(path, ".")+1)
	for start, more := 0, true; more; {
		end := endOfKey(path, start)
		k, err := parseKey(path[start:end])
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
		start, more = end+1, end < len(path)
	}
	return keys, nil
}

func endOfKey(path string, start int) int {
	for i := start; i < len(path); i++ {
		switch path[i] {
		case '\\':
			i++
		case '.':
			return i
		}
	}
	return len(path)
}

func parseKey(written string) (key, error) {
	k := key{written: written, name: written, index: noIndex}
	name, isName := strings.CutPrefix(written, ":")
	switch {
	case name == "":
		return k, errors.New("a key is empty")
	case !utf8.ValidString(name):
		return k, fmt.Errorf("the key %q is not UTF-8", written)
	case !isName:
		k.index = indexOf(name)
	}
	if !strings.ContainsAny(name, `\*?#|@`) {
		k.name = name
		return k, nil
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case strings.IndexByte("*?#|@", c) >= 0:
			return k, fmt.Errorf("%q matches more than one value; escape %q with a backslash if it belongs to the key", written, name[i:i+1])
		case c == '\\' && i+1 == len(name):
			return k, fmt.Errorf("%q ends with a backslash, which escapes nothing; write two for one that belongs to the key", written)
		case c == '\\':
			i++
		}
		b.WriteByte(name[i])
	}
	k.name = b.String()
	return k, nil
}

// indexOf returns the index that a key may be in a list. One that is too large for an int is too
// large for any list.
func indexOf(name string) int {
	if name == "-1" {
		return appends
	}
	if strings.Trim(name, "0123456789") != "" {
		return noIndex
	}
	index, err := strconv.Atoi(name)
	if err != nil {
		return int(^uint(0) >> 1)
	}
	return index
}

// quote returns a key as JSON.
func quote(name string) (string, error) {
	quoted, err := jsonx.Encode(name)
	return string(quoted), err
}
