// Package oneline makes texts of others fit for a line of a terminal.
package oneline

import "strings"

// Of returns a text on one line, without the characters that command a terminal or turn the
// direction of a text.
func Of(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ', r >= 0x7f && r <= 0x9f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, text)
}
