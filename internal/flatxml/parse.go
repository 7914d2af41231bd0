// Package flatxml reads and writes the XML of APIv2: elements with text below one root. It is
// smaller and stricter than XML: a document type, a processing instruction, a namespace, another
// encoding than UTF-8, and text beside elements are errors, so that what was signed and
// what is read cannot differ.
package flatxml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Element has text, or other elements.
type Element struct {
	Name, Text string
	Children   []Element
}

// Limits of a document. Those of APIv2 have at most a few hundred elements, and two levels.
const (
	maxDepth    = 8
	maxElements = 5000
)

// ErrNotXML means that data does not begin with an element.
var ErrNotXML = errors.New("it is not XML")

var errEmpty = fmt.Errorf("it is empty: %w", ErrNotXML)

// Parse returns the elements below the root, in their order. Text is as it is written, with
// its CDATA and entities decoded: see [Clean]. The elements refer to a copy of data.
func Parse(data []byte) ([]Element, error) {
	if len(data) == 0 {
		return nil, errEmpty
	}
	if !utf8.Valid(data) {
		return nil, errors.New("the XML is not UTF-8")
	}
	p := &parser{rest: strings.TrimPrefix(string(data), "\ufeff"), size: len(data)}
	if err := p.prolog(); err != nil {
		return nil, err
	}
	root, err := p.element(0)
	if err != nil {
		return nil, p.at(err)
	}
	if err := p.misc(); err != nil {
		return nil, p.at(err)
	}
	if p.rest != "" {
		return nil, p.at(errors.New("there is something behind the root"))
	}
	if strings.TrimSpace(root.Text) != "" {
		return nil, errors.New("the root of the XML holds text, not elements")
	}
	return root.Children, nil
}

type parser struct {
	rest  string
	size  int
	count int
}

// at says where an error is, but nothing of what stands there.
func (p *parser) at(err error) error {
	return fmt.Errorf("XML, byte %d: %w", p.size-len(p.rest), err)
}

const space = " \t\r\n"

func (p *parser) skipSpace() { p.rest = strings.TrimLeft(p.rest, space) }

func (p *parser) accept(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	p.rest = rest
	return ok
}

// until returns the text up to an end, and skips both.
func (p *parser) until(end string) (string, error) {
	text, rest, ok := strings.Cut(p.rest, end)
	if !ok {
		return "", fmt.Errorf("%q is missing", end)
	}
	p.rest = rest
	return text, nil
}

// prolog reads what stands before the root.
func (p *parser) prolog() error {
	p.skipSpace()
	if !strings.HasPrefix(p.rest, "<") {
		return ErrNotXML
	}
	if p.accept("<?xml ") {
		declaration, err := p.until("?>")
		if err != nil {
			return p.at(err)
		}
		if _, encoding, ok := strings.Cut(strings.ToLower(declaration), "encoding"); ok &&
			!strings.HasPrefix(strings.TrimLeft(encoding, space+`='"`), "utf-8") {
			return errors.New("the XML is declared to have another encoding than UTF-8")
		}
	}
	if err := p.misc(); err != nil {
		return p.at(err)
	}
	return nil
}

// misc skips space and comments.
func (p *parser) misc() error {
	for p.skipSpace(); p.accept("<!--"); p.skipSpace() {
		if _, err := p.until("-->"); err != nil {
			return err
		}
	}
	if strings.HasPrefix(p.rest, "<!") {
		return errors.New("a document type is not allowed")
	}
	return nil
}

// element reads one element with all that it holds.
func (p *parser) element(depth int) (e Element, err error) {
	if p.count++; p.count > maxElements || depth > maxDepth {
		return e, errors.New("there are too many elements, or they are nested too deeply")
	}
	if !p.accept("<") {
		return e, errors.New("an element is missing")
	}
	if e.Name, err = p.name(); err != nil {
		return e, err
	}
	if empty, err := p.attributes(); empty || err != nil {
		return e, err
	}
	if depth == 0 {
		e.Children = make([]Element, 0, min(strings.Count(p.rest, "</"), maxElements))
	}
	var text joiner
	for !p.accept("</") {
		if err := p.content(&e, &text, depth); err != nil {
			return e, err
		}
	}
	if !p.accept(e.Name) {
		return e, errors.New("an element ends with another name")
	}
	p.skipSpace()
	if !p.accept(">") {
		return e, errors.New("an element ends with another name")
	}
	e.Text = text.String()
	if len(e.Children) > 0 {
		if strings.Trim(e.Text, space) != "" {
			return e, errors.New("there is text beside elements")
		}
		e.Text = ""
	}
	return e, nil
}

// content reads text, CDATA, a comment or an element.
func (p *parser) content(e *Element, text *joiner, depth int) error {
	switch {
	case p.rest == "":
		return errors.New("the end of an element is missing")
	case p.accept("<![CDATA["):
		section, err := p.until("]]>")
		text.add(section)
		return err
	case p.accept("<!--"):
		_, err := p.until("-->")
		return err
	case strings.HasPrefix(p.rest, "<!"), strings.HasPrefix(p.rest, "<?"):
		return errors.New("declarations and instructions are not allowed")
	case p.rest[0] == '<':
		child, err := p.element(depth + 1)
		e.Children = append(e.Children, child)
		return err
	}
	end := strings.IndexByte(p.rest, '<')
	if end < 0 {
		end = len(p.rest)
	}
	plain := p.rest[:end]
	if strings.Contains(plain, "]]>") {
		return errors.New("]]> stands outside of CDATA")
	}
	decoded, err := unescape(plain)
	if err != nil {
		return err
	}
	text.add(decoded)
	p.rest = p.rest[end:]
	return nil
}

// name reads the name of an element or an attribute.
func (p *parser) name() (string, error) {
	end := strings.IndexAny(p.rest, space+`/>="'<&`)
	if end <= 0 {
		return "", errors.New("a name is missing")
	}
	name := p.rest[:end]
	if !IsName(name) {
		return "", errors.New("a name has a character that names have not")
	}
	p.rest = p.rest[end:]
	return name, nil
}

// attributes skips the attributes, which mean nothing here, and the end of the tag.
func (p *parser) attributes() (empty bool, err error) {
	for {
		before := len(p.rest)
		p.skipSpace()
		switch {
		case p.accept(">"):
			return false, nil
		case p.accept("/>"):
			return true, nil
		case len(p.rest) == before:
			return false, errors.New("a tag has no end")
		}
		end := strings.IndexByte(p.rest, '=')
		if end <= 0 || strings.ContainsAny(p.rest[:end], "<>&\"'/") {
			return false, errors.New("an attribute is malformed")
		}
		p.rest = strings.TrimLeft(p.rest[end+1:], space)
		if p.rest == "" || p.rest[0] != '"' && p.rest[0] != '\'' {
			return false, errors.New("an attribute is malformed")
		}
		quote := p.rest[:1]
		p.rest = p.rest[1:]
		if value, err := p.until(quote); err != nil || strings.ContainsAny(value, "<&") {
			return false, errors.New("an attribute is malformed")
		}
	}
}

// A joiner joins parts, and allocates nothing for a single one.
type joiner struct {
	first string
	rest  []byte
}

func (j *joiner) add(part string) {
	switch {
	case part == "":
	case j.first == "" && j.rest == nil:
		j.first = part
	default:
		if j.rest == nil {
			j.rest = []byte(j.first)
		}
		j.rest = append(j.rest, part...)
	}
}

func (j *joiner) String() string {
	if j.rest != nil {
		return string(j.rest)
	}
	return j.first
}
