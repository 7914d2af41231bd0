package jsonx

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A decimal is the exact value of a number: 0.digits times ten to the exponent. Its digits
// have no zero at either end, and those of zero are none.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// decimalOf parses a JSON number. It refuses an absurd exponent.
func decimalOf(text string) (d decimal, ok bool) {
	if !isNumber(text) {
		return d, false
	}
	text, d.negative = strings.CutPrefix(text, "-")
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent, err := strconv.ParseInt(text[i+1:], 10, 32)
		if err != nil {
			return d, false
		}
		text, d.exponent = text[:i], int(exponent)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	d.exponent += len(whole) - (len(whole+fraction) - len(digits))
	if d.digits = strings.TrimRight(digits, "0"); d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

// wholeNumber parses a number that is an int64: 100, also as 100.0 or 1e2. It works on the
// digits, because a float would round. A number with zeros before it is an id.
func wholeNumber(text string) (int64, bool) {
	if digits := strings.TrimPrefix(text, "-"); digits != "" && '1' <= digits[0] && digits[0] <= '9' {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
	}
	d, ok := decimalOf(text)
	const longest = 19 // digits of an int64
	switch {
	case !ok || len(d.digits) > d.exponent || d.exponent > longest:
		return 0, false
	case d.digits == "":
		return 0, true
	}
	digits := d.digits + strings.Repeat("0", d.exponent-len(d.digits))
	if d.negative {
		digits = "-" + digits
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

// keeps reports whether a float of 32 or 64 bits has the value of the text that it was
// parsed from. Digits after the point may be rounded, as floats do.
func keeps(f float64, text string, bits int) bool {
	if f != 0 && !Inexact(f, bits) {
		return true
	}
	given, ok := decimalOf(text)
	kept, _ := decimalOf(strconv.FormatFloat(math.Abs(f), 'e', -1, bits))
	given.negative = false
	return ok && given == kept
}

func isNumber(s string) bool {
	const digits = "0123456789"
	return s != "" && strings.Trim(s[:1], "-"+digits) == "" && strings.Trim(s[len(s)-1:], digits) == "" && json.Valid([]byte(s))
}
