package target

import "strings"

// Kebab converts each segment of a name by the rules of Chain.At.
func Kebab(name string) string {
	var b strings.Builder
	b.Grow(len(name) + 8) // room for hyphens
	for start := 0; start <= len(name); {
		end := segmentEnd(name, start)
		kebabSegment(&b, name[start:end])
		if end < len(name) {
			b.WriteByte('/')
		}
		start = end + 1
	}
	return b.String()
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
	if n := len(segment); n > 2 && segment[0] == '_' && segment[n-1] == '_' {
		b.WriteByte('{')
		b.WriteString(segment[1 : n-1])
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
