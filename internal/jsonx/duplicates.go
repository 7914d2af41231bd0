package jsonx

import "encoding/json"

// DuplicateKey returns a key that stands twice in one object of a valid JSON text.
func DuplicateKey(text string) (key string, twice bool) {
	type member struct {
		object int
		key    string
	}
	var seen map[member]bool
	var open []int // the objects around the place, by number; 0 for a list
	objects := 0
	isKey := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			objects++
			open = append(open, objects)
			isKey = true
		case '[':
			open = append(open, 0)
			isKey = false
		case '}', ']':
			open = open[:len(open)-1]
		case ',':
			isKey = open[len(open)-1] > 0
		case ':':
			isKey = false
		case '"':
			end := endOfString(text, i)
			if isKey {
				m := member{open[len(open)-1], unquote(text[i : end+1])}
				if seen[m] {
					return m.key, true
				}
				if seen == nil {
					seen = map[member]bool{}
				}
				seen[m] = true
			}
			i = end
		}
	}
	return "", false
}

// endOfString returns the index of the quote that ends the string that begins at start.
func endOfString(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text) - 1
}

func unquote(quoted string) string {
	plain := quoted[1 : len(quoted)-1]
	for i := range len(plain) {
		if plain[i] == '\\' {
			_ = json.Unmarshal([]byte(quoted), &plain) // it is valid
			return plain
		}
	}
	return plain
}
