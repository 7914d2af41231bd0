package baseurl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// CheckPath refuses what a server or proxy may rewrite: characters that must be encoded,
// and dot segments, encoded or not.
func CheckPath(path string) error {
	if err := CheckCharacters(path); err != nil {
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

// mayStand has the characters that a path or a query may have as they are.
var mayStand = func() (may [256]bool) {
	for c := range len(may) {
		may[c] = Unreserved(byte(c)) || strings.IndexByte("!$&'()*+,;=:@/?[]", byte(c)) >= 0
	}
	return may
}()

// CheckCharacters accepts the characters of a path and a query (RFC 3986).
func CheckCharacters(s string) error {
	for i, c := range []byte(s) {
		switch {
		case mayStand[c]:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
		case c == '{' || c == '}':
			return errors.New("a brace is left in the path; placeholders are written {name}")
		default: // the error does not contain the rest of s, which may be a secret
			return fmt.Errorf("character %q cannot stand in a path or query; percent-encode it, or pass the value in Options.Vars or Options.Query", s[i:i+1])
		}
	}
	return nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// Unreserved reports whether a character is unreserved in RFC 3986.
func Unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
