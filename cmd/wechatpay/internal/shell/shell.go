// Package shell writes words for a POSIX shell.
package shell

import "strings"

// Quote returns a word that means text, whatever is in it.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// QuoteIfNeeded returns text as it is, if a shell takes it so.
func QuoteIfNeeded(text string) string {
	if text == "" || strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return Quote(text)
	}
	return text
}

// plain reports whether a shell takes a character for itself. Of the others some are quoted without
// need.
func plain(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c > 0x7f || strings.ContainsRune("_-./:=,@%+", c)
}
