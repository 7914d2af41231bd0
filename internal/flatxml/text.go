package flatxml

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unescape replaces the entities that XML knows by itself.
func unescape(text string) (string, error) {
	if !strings.Contains(text, "&") {
		return text, nil
	}
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(text, "&")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		entity, after, ok := strings.Cut(rest, ";")
		if !ok {
			return "", errors.New("an ampersand is not escaped")
		}
		r, ok := entityRune(entity)
		if !ok {
			return "", errors.New("an entity is unknown")
		}
		b.WriteRune(r)
		text = after
	}
}

func entityRune(entity string) (rune, bool) {
	switch entity {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	number, ok := strings.CutPrefix(entity, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(number, "x"); isHex {
		number, base = hex, 16
	}
	code, err := strconv.ParseUint(number, base, 32)
	if !ok || err != nil || code > unicode.MaxRune || !utf8.ValidRune(rune(code)) || !isChar(rune(code)) {
		return 0, false
	}
	return rune(code), true
}

// isChar reports whether XML 1.0 allows a character.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r != 0xFFFE && r != 0xFFFF
}

// Clean returns text as readers of XML give it: with \n for \r\n and \r, and without the
// control characters that XML does not allow, which WeChat Pay lets through in nicknames.
func Clean(text string) string {
	if IsClean(text) {
		return text
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if !isChar(r) {
			return -1
		}
		return r
	}, text)
}

// IsClean reports whether Clean would change nothing.
func IsClean(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r == '\r' || !isChar(r) })
}

// IsName reports whether an element may have a name. It must not have a namespace.
func IsName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 && unicode.IsLetter(r)
		if !letter && (i == 0 || r != '-' && r != '.' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}
