// Package httprule has the rules of HTTP (RFC 9110) that more than one package applies.
package httprule

import (
	"net/http"
	"strings"
)

// IsToken reports whether s is a token, as methods and header names are (5.6.2).
func IsToken(s string) bool {
	for i := range len(s) {
		if !ofToken[s[i]] {
			return false
		}
	}
	return s != ""
}

var ofToken = func() (is [256]bool) {
	for c := range len(is) {
		alphanumeric := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		is[c] = alphanumeric || strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return is
}()

// ValidValue reports whether s may be the value of a header: it has no line break and no other
// control character but the tab. net/http refuses the same values.
func ValidValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// IsSafe reports whether a method changes nothing (9.2.1). The empty method is not safe: pass
// GET where net/http would.
func IsSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
