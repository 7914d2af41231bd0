package page

import (
	"strings"
	"unicode"
)

// Slug is the anchor that GitHub makes of a heading: in small letters, blanks as hyphens, without
// signs but hyphens and underscores. Letters of every script stay.
func Slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}
