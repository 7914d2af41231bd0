package jsonx

import (
	"reflect"
	"strings"

	"github.com/tidwall/gjson"
)

// A reader decodes a text in one pass, as almost every reply can be: each value is of the type that
// its field has, and no key is there twice. A value of another type is left to the decoder. The
// reader gives up where that finds a mismatch, and at a key that is there twice: then the decoder
// decodes all of the text, and lists what does not fit.
type reader struct {
	text    string // valid JSON
	at      int
	failed  bool
	lenient decoder
}

// read decodes a valid text into a zero value. If it reports false, the value is of no use.
func read(into reflect.Value, text string) bool {
	r := reader{text: text}
	r.space()
	r.value(into, planOf(into.Type()))
	return !r.failed
}

func (r *reader) space() {
	for r.at < len(r.text) && r.text[r.at] <= ' ' {
		r.at++
	}
}

// value decodes the value that begins here, and goes behind it.
func (r *reader) value(into reflect.Value, p *plan) {
	c := r.text[r.at]
	switch {
	case c == 'n':
		r.at += len("null")
		return
	case !p.takes(c):
		r.convert(into)
		return
	}
	switch p.kind {
	case planString:
		into.SetString(r.string())
	case planStruct:
		r.object(into, p)
	case planList:
		r.list(into, p)
	case planPointer:
		element := reflect.New(into.Type().Elem())
		r.value(element.Elem(), p.element)
		into.Set(element)
	case planBool, planInt, planUint, planNumber, planOther:
		start := r.at
		r.skip()
		r.scalar(into, p, r.text[start:r.at])
	}
}

func (r *reader) scalar(into reflect.Value, p *plan, text string) {
	switch p.kind { //nolint:exhaustive // the others are no scalars, or need no look at the digits
	case planBool:
		into.SetBool(text == "true")
		return
	case planInt:
		if n, ok := wholeNumber(text); ok && !into.OverflowInt(n) {
			into.SetInt(n)
			return
		}
	}
	r.failed = r.failed || !setScalar(into, gjson.Result{Type: gjson.Number, Raw: text})
}

// convert decodes a value of another type than its field.
func (r *reader) convert(into reflect.Value) {
	start := r.at
	r.skip()
	r.lenient.conflicts = nil
	r.lenient.value(into, gjson.Parse(r.text[start:r.at]), "")
	r.failed = r.failed || len(r.lenient.mismatches) > 0
}

func (r *reader) object(into reflect.Value, p *plan) {
	var seen [maxMembers / 64]uint64
	next := 0 // most replies have the order of the documentation
	for r.at++; ; r.at++ {
		if r.space(); r.text[r.at] == '}' {
			r.at++
			return
		}
		key := r.string()
		r.space()
		r.at++ // the colon
		r.space()
		i, known := next, true
		if next >= len(p.members) || p.members[next].name != key {
			i, known = p.places[key]
		}
		if !known {
			r.skip()
		} else {
			bit := uint64(1) << (i % 64)
			if seen[i/64]&bit != 0 {
				r.failed = true
			}
			seen[i/64] |= bit
			r.member(into, &p.members[i])
			next = i + 1
		}
		if r.failed {
			return
		}
		if r.space(); r.text[r.at] == '}' {
			r.at++
			return
		}
	}
}

func (r *reader) member(into reflect.Value, s *step) {
	if len(s.index) == 1 {
		r.value(into.Field(s.index[0]), s.plan)
		return
	}
	if r.text[r.at] == 'n' {
		r.skip() // without making the structs on the way
		return
	}
	at, ok := fieldAt(into, s.index)
	if !ok {
		r.failed = true
		return
	}
	r.value(at, s.plan)
}

func (r *reader) list(into reflect.Value, p *plan) {
	into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	r.at++
	if r.space(); r.text[r.at] == ']' {
		r.at++
		return
	}
	for n := 0; ; n++ {
		into.Grow(1)
		into.SetLen(n + 1)
		r.value(into.Index(n), p.element)
		if r.failed {
			return
		}
		r.space()
		end := r.text[r.at] == ']'
		if r.at++; end {
			return
		}
		r.space()
	}
}

// string returns the string that begins here, and goes behind it.
func (r *reader) string() string {
	start := r.at
	if end := strings.IndexByte(r.text[start+1:], '"'); end >= 0 {
		plain := r.text[start+1 : start+1+end]
		if strings.IndexByte(plain, '\\') < 0 {
			r.at = start + 1 + end + 1
			return plain
		}
	}
	r.at = endOfString(r.text, start) + 1
	return gjson.Parse(r.text[start:r.at]).Str
}

// skip goes behind the value that begins here.
func (r *reader) skip() {
	depth := 0
	for {
		switch c := r.text[r.at]; c {
		case '"':
			r.at = endOfString(r.text, r.at) + 1
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			r.at++
			continue
		default:
			for r.at < len(r.text) && isScalar[r.text[r.at]] {
				r.at++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// isScalar has the characters of numbers, true, false and null.
var isScalar = func() (is [256]bool) {
	for _, c := range []byte("+-.0123456789Eaeflnrstu") {
		is[c] = true
	}
	return is
}()
