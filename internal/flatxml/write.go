package flatxml

import "strings"

// Begin and End are those of a document.
const (
	Begin = "<xml>"
	End   = "</xml>"
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")

// Append appends an element with text. Text with a character that needs it is a CDATA section,
// as other clients of WeChat Pay write it; a carriage return is an entity, since readers would
// take a plain one away. The text must have no other control character, and the name be one
// of an element.
func Append(dst []byte, name, text string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	switch {
	case strings.Contains(text, "\r"):
		dst = append(dst, escaper.Replace(text)...)
	case strings.ContainsAny(text, `<>&"`):
		dst = appendCDATA(dst, text)
	default:
		dst = append(dst, text...)
	}
	return append(append(append(dst, "</"...), name...), '>')
}

// appendCDATA appends text as a CDATA section; a ]]> in it makes two.
func appendCDATA(dst []byte, text string) []byte {
	dst = append(dst, "<![CDATA["...)
	for {
		before, after, found := strings.Cut(text, "]]>")
		dst = append(dst, before...)
		if !found {
			return append(dst, "]]>"...)
		}
		dst = append(dst, "]]]]><![CDATA[>"...)
		text = after
	}
}
