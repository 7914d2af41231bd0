package target

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/yosida95/uritemplate/v3"

	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// expand expands the variables of a template. It does not allocate for a path without any.
func expand(template string, vars map[string]any) (string, error) {
	shown := template[:PathEnd(template)] // a literal query may hold a token
	if !strings.ContainsAny(template, "{}") {
		for name := range vars {
			return "", fmt.Errorf("Options.Vars: %q is not a placeholder of %q, which has no placeholders", name, shown)
		}
		return template, nil
	}
	t, err := uritemplate.New(template)
	if err != nil {
		return "", fmt.Errorf("Chain: %q is not an RFC 6570 template; write variables as {name}", shown) // the cause holds the query
	}
	names := t.Varnames()
	for name := range vars {
		if !slices.Contains(names, name) {
			return "", fmt.Errorf("Options.Vars: %q is not a placeholder of %q", name, shown)
		}
	}
	values := make(uritemplate.Values, len(names))
	for _, name := range names {
		v, ok := vars[name]
		if !ok || nilcheck.IsNil(v) {
			return "", fmt.Errorf("Options.Vars: %q is missing, for %q", name, shown)
		}
		if values[name], err = templateValue(v, hasPrefix(template)); err != nil {
			return "", fmt.Errorf("Options.Vars: %q %w", name, err)
		}
	}
	path, err := t.Expand(values)
	if err != nil {
		return "", fmt.Errorf("Chain: %q cannot be expanded", shown) // the cause may hold values
	}
	return path, nil
}

// hasPrefix reports whether a template has a prefix modifier: {name:3}.
func hasPrefix(template string) bool {
	for expression := range strings.SplitSeq(template, "{") {
		expression, _, _ = strings.Cut(expression, "}")
		if strings.Contains(expression, ":") {
			return true
		}
	}
	return false
}

func templateValue(v any, cut bool) (uritemplate.Value, error) {
	list, ok := elements(v)
	if ok {
		return templateList(list, cut)
	}
	if pairs := reflect.ValueOf(v); pairs.Kind() == reflect.Map && pairs.Type().Key().Kind() == reflect.String {
		return templatePairs(pairs, cut)
	}
	s, err := templateString(v, cut)
	return uritemplate.String(s), err
}

func templateList(list []any, cut bool) (uritemplate.Value, error) {
	if len(list) == 0 {
		return uritemplate.Value{}, errors.New("is an empty list")
	}
	parts := make([]string, len(list))
	for i, v := range list {
		var err error
		if parts[i], err = templateString(v, cut); err != nil {
			return uritemplate.Value{}, fmt.Errorf("[%d] %w", i, err)
		}
	}
	return uritemplate.List(parts...), nil
}

func templatePairs(pairs reflect.Value, cut bool) (uritemplate.Value, error) {
	if pairs.Len() == 0 {
		return uritemplate.Value{}, errors.New("is an empty map")
	}
	keys := make([]string, 0, pairs.Len())
	for _, key := range pairs.MapKeys() {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	flat := make([]string, 0, 2*len(keys))
	for i, key := range keys {
		for _, part := range []any{key, pairs.MapIndex(reflect.ValueOf(key).Convert(pairs.Type().Key())).Interface()} {
			s, err := templateString(part, cut)
			if err != nil {
				return uritemplate.Value{}, fmt.Errorf("entry %d %w", i+1, err)
			}
			flat = append(flat, s)
		}
	}
	return uritemplate.KV(flat...), nil
}

// templateString returns a value for the template library, or an error if it would change
// the path.
//
// The library escapes the code point of a rune instead of its UTF-8. With one rune per byte
// the result is that of RFC 6570, except that a prefix modifier such as {name:3} would count
// bytes; that is refused.
func templateString(v any, cut bool) (string, error) {
	s, err := Scalar(v)
	if err != nil {
		return "", err
	}
	if s == "" || s == "." || s == ".." {
		return "", fmt.Errorf("is %q, which would change the path", s)
	}
	ascii := true
	for _, c := range []byte(s) {
		if c < ' ' || c == 0x7f {
			return "", errors.New("holds a control character")
		}
		ascii = ascii && c < 0x80
	}
	if ascii {
		return s, nil
	}
	if cut {
		return "", errors.New("is not ASCII, and its template has a prefix modifier, which would cut it inside a character")
	}
	runes := make([]rune, len(s))
	for i, c := range []byte(s) {
		runes[i] = rune(c)
	}
	return string(runes), nil
}
