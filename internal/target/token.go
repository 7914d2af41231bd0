package target

import "strings"

// IsToken reports whether s is a token, as methods and header names are (RFC 9110, 5.6.2).
func IsToken(s string) bool {
	for _, c := range []byte(s) {
		if !Unreserved(c) && strings.IndexByte("!#$%&'*+^`|", c) < 0 {
			return false
		}
	}
	return s != ""
}
