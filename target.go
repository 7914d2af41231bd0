package wechatpay

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/yosida95/uritemplate/v3"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// resolve turns a chain and its options into the URL on the wire; query is that of the
// options, with its sensitive fields encrypted. The request
// target of u is, byte for byte, what the caller wrote plus what was expanded:
// that is what will be signed.
func (ch Chain) resolve(opts *Options, query M, u *url.URL) error {
	var err error
	if hasScheme(ch.path) {
		err = ch.resolveAbsolute(opts, query, u)
	} else {
		err = ch.resolvePath(opts, query, u)
	}
	if err != nil {
		return err
	}
	return middleware.Trusted(u, ch.client.base.origin)
}

// resolveAbsolute takes a URL that WeChat Pay returned as it is: to parse and
// build it anew would encode it twice.
func (ch Chain) resolveAbsolute(opts *Options, query M, u *url.URL) error {
	if len(opts.Vars) > 0 || opts.BaseURL != "" || ch.bound != nil || ch.base != "" {
		return errors.New("Options: an absolute URL is used verbatim; Vars and BaseURL do not apply, nor WithVar and WithBaseURL")
	}
	parsed, err := url.Parse(ch.path)
	if err != nil {
		return errors.New("Chain: the absolute URL is malformed") // the cause would print its token
	}
	_, rest, _ := strings.Cut(ch.path, "://")
	target := strings.TrimPrefix(rest, parsed.Host)
	if parsed.User != nil || parsed.Host == "" || !strings.HasPrefix(target, "/") {
		return errors.New("Chain: an absolute URL needs a host and a path, and no user name")
	}
	return setTarget(u, strings.ToLower(parsed.Scheme), parsed.Host, target, query)
}

func (ch Chain) resolvePath(opts *Options, query M, u *url.URL) error {
	vars, err := ch.vars(opts.Vars)
	if err != nil {
		return err
	}
	path, err := expand(ch.path, vars)
	if err != nil {
		return err
	}
	path = strings.TrimPrefix(path, "/")
	if path == "" || path[0] == '/' || path[0] == '?' {
		return fmt.Errorf("Chain: %q has no path, or begins with an empty segment", ch.path)
	}
	base, path, err := ch.site(opts, path)
	if err != nil {
		return err
	}
	return setTarget(u, base.scheme, base.host, base.prefix+"/"+path, query)
}

// setTarget fills u so that its RequestURI is target plus query, and proves it.
func setTarget(u *url.URL, scheme, host, target string, query M) error {
	path, rawQuery, hasQuery := strings.Cut(target, "?")
	if err := checkPath(path); err != nil {
		return fmt.Errorf("Chain: %w", err)
	}
	if err := checkCharacters(rawQuery); err != nil {
		return fmt.Errorf("Chain: %w", err)
	}
	if len(query) > 0 {
		encoded, err := encodeQuery(query)
		if err != nil {
			return err
		}
		if rawQuery != "" && encoded != "" {
			rawQuery += "&"
		}
		rawQuery += encoded
		hasQuery = hasQuery || encoded != ""
	}
	u.Scheme, u.Host, u.Path, u.RawQuery = scheme, host, path, rawQuery
	u.ForceQuery = hasQuery && rawQuery == ""
	if strings.Contains(path, "%") {
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return fmt.Errorf("Chain: %w", err)
		}
		u.Path = decoded
	}
	if u.EscapedPath() != path {
		u.RawPath = path
	}
	if sent := u.EscapedPath(); sent != path {
		return errors.New("Chain: the path would be sent otherwise than it is written; percent-encode it")
	}
	return nil
}

// checkPath refuses what would change on the way or lead elsewhere: characters
// that must be encoded, and dot segments, encoded or not.
func checkPath(path string) error {
	if err := checkCharacters(path); err != nil {
		return err
	}
	if !strings.Contains(path, ".") && !strings.Contains(path, "%2") {
		return nil
	}
	for segment := range strings.SplitSeq(path, "/") {
		decoded, err := url.PathUnescape(segment)
		if err == nil && (decoded == "." || decoded == "..") {
			return fmt.Errorf("the path has the segment %q, which servers resolve away", segment)
		}
	}
	return nil
}

// checkCharacters accepts what may stand in a path or query by RFC 3986.
func checkCharacters(s string) error {
	for i, c := range []byte(s) {
		switch {
		case unreserved(c) || strings.IndexByte("!$&'()*+,;=:@/?[]", c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
		case c == '{' || c == '}':
			return errors.New("a brace is left in the path; placeholders are written {name}")
		default: // the rest of s may be a secret by now
			return fmt.Errorf("character %q cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query", s[i:i+1])
		}
	}
	return nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// hasScheme tells an absolute URL from a path.
func hasScheme(path string) bool {
	scheme, _, found := strings.Cut(path, "://")
	return found && !strings.ContainsAny(scheme, "/?{")
}

// expand fills a template's placeholders. A path without any costs nothing.
func expand(template string, vars M) (string, error) {
	if !strings.ContainsAny(template, "{}") {
		for name := range vars {
			return "", fmt.Errorf("Options.Vars: %q names no placeholder: %q has none", name, template)
		}
		return template, nil
	}
	t, err := uritemplate.New(template)
	if err != nil {
		return "", fmt.Errorf("Chain: %q is not an RFC 6570 template: %w", template, err)
	}
	names := t.Varnames()
	for name := range vars {
		if !slices.Contains(names, name) {
			return "", fmt.Errorf("Options.Vars: %q names no placeholder of %q", name, template)
		}
	}
	values := make(uritemplate.Values, len(names))
	for _, name := range names {
		v, ok := vars[name]
		if !ok || isNil(v) {
			return "", fmt.Errorf("Options.Vars: %q is missing, for %q", name, template)
		}
		if values[name], err = templateValue(v, hasPrefix(template)); err != nil {
			return "", fmt.Errorf("Options.Vars: %q %w", name, err)
		}
	}
	path, err := t.Expand(values)
	if err != nil {
		return "", fmt.Errorf("Chain: %q: %w", template, err)
	}
	return path, nil
}

// hasPrefix tells whether a template cuts a value short: {name:3}.
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
	for _, key := range keys {
		for _, part := range []any{key, pairs.MapIndex(reflect.ValueOf(key).Convert(pairs.Type().Key())).Interface()} {
			s, err := templateString(part, cut)
			if err != nil {
				return uritemplate.Value{}, fmt.Errorf("[%q] %w", key, err)
			}
			flat = append(flat, s)
		}
	}
	return uritemplate.KV(flat...), nil
}

// templateString is a value that cannot change the path in silence.
//
// The template library escapes a rune as the bytes of its number, not of its
// UTF-8. Given one rune per byte it writes what RFC 6570 wants; only a prefix
// such as {name:3} would then count bytes, and is refused.
func templateString(v any, cut bool) (string, error) {
	s, err := scalar(v)
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
