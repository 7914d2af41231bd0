package errtext

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The forms of ids: a merchant id is a number, a serial number is hex, in decimal of 49 digits at
// most, and the id of a public key begins so.
const (
	longestID         = 64
	hexDigits         = "0123456789ABCDEFabcdef"
	publicKeyIDPrefix = "PUB_KEY_ID_"
	keyLength         = 32 // of an API key
)

// ID returns a value that should be an id: as it is, or its length alone if it has not the form of
// one. Who mixes up two settings has put a key or a password in its place.
func ID(value string) string {
	if IsID(value) {
		return value
	}
	return hiddenID(value)
}

// QuotedID is [ID] in quotes. What is too short to be a secret is shown too.
func QuotedID(value string) string {
	const short = 8
	if len(value) < short || IsID(value) {
		return strconv.Quote(value)
	}
	return hiddenID(value)
}

func hiddenID(value string) string {
	return fmt.Sprintf("a text of %d characters (not shown, as it may be a key)", utf8.RuneCountInString(value))
}

// IsID reports whether value has the form of a merchant id, a serial number or the id of a public
// key. A text of 32 characters has not: API keys have as many.
func IsID(value string) bool {
	if value == "" || len(value) > longestID || len(value) == keyLength {
		return false
	}
	rest, _ := strings.CutPrefix(value, publicKeyIDPrefix)
	return strings.Trim(rest, hexDigits) == ""
}
