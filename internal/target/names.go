package target

import "strings"

// Kebab converts each segment of a name by the rules of Chain.At. Those that are to keep their
// capitals stay as they are; keeps may be nil.
func Kebab(name string, keeps func(segment string) bool) string {
	var b strings.Builder
	b.Grow(len(name) + 8) // room for hyphens
	for start := 0; start <= len(name); {
		end := segmentEnd(name, start)
		if segment := name[start:end]; keeps != nil && keeps(segment) {
			b.WriteString(segment)
		} else {
			kebabSegment(&b, segment)
		}
		if end < len(name) {
			b.WriteByte('/')
		}
		start = end + 1
	}
	return b.String()
}

// ValueAt returns the start of the first segment of a name that is a value, such as an
// order number, or -1. It has an escape, or a capital that neither begins it nor follows a
// small letter or a digit: no documented segment has one.
func ValueAt(name string) int {
	for start := 0; start <= len(name); {
		end := segmentEnd(name, start)
		if isValue(name[start:end]) {
			return start
		}
		start = end + 1
	}
	return -1
}

func isValue(segment string) bool {
	if isVariable(segment) {
		return false
	}
	braces := 0
	for i, c := range []byte(segment) {
		switch {
		case c == '{':
			braces++
		case c == '}':
			braces--
		case 'A' <= c && c <= 'Z' && braces <= 0 && i > 0:
			before := segment[i-1]
			if before < 0x80 && (before < 'a' || before > 'z') && (before < '0' || before > '9') {
				return true
			}
		case c == '%' && braces <= 0:
			return true // an escape
		}
	}
	return false
}

// isVariable reports whether a segment is a variable as the PHP SDK spells it: _name_.
func isVariable(segment string) bool {
	n := len(segment)
	return n > 2 && segment[0] == '_' && segment[n-1] == '_'
}

// segmentEnd returns the index of the slash that ends a segment, or of the end. A slash in
// braces is part of the template: {/id}.
func segmentEnd(name string, from int) int {
	braces := 0
	for i := from; i < len(name); i++ {
		switch name[i] {
		case '{':
			braces++
		case '}':
			braces--
		case '/':
			if braces <= 0 {
				return i
			}
		}
	}
	return len(name)
}

func kebabSegment(b *strings.Builder, segment string) {
	if isVariable(segment) {
		b.WriteByte('{')
		b.WriteString(segment[1 : len(segment)-1])
		b.WriteByte('}')
		return
	}
	braces := 0
	for i, c := range []byte(segment) {
		switch {
		case c == '{':
			braces++
		case c == '}':
			braces--
		case 'A' <= c && c <= 'Z' && braces <= 0:
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
}
