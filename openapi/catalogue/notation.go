package catalogue

import (
	"errors"
	"fmt"
	"strings"
)

// UnmarshalText reads fields in the notation of the package's documentation.
func (fs *Fields) UnmarshalText(text []byte) error {
	if fs == nil {
		return errors.New("catalogue: UnmarshalText into nil Fields")
	}
	p := parser{rest: string(text)}
	list, err := p.fields()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("unexpected %.20q", p.rest)
	}
	if err != nil {
		return fmt.Errorf("catalogue: fields: %w", err)
	}
	*fs = list
	return nil
}

type parser struct{ rest string }

func (p *parser) fields() (Fields, error) {
	var list Fields
	for p.rest != "" && p.rest[0] != '}' {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		list = append(list, f)
		p.accept(" ")
	}
	return list, nil
}

// field reads one field, its signs in their order.
func (p *parser) field() (Field, error) {
	f := Field{Name: p.word(), Type: "string"}
	if f.Name == "" {
		return f, fmt.Errorf("a name is missing before %.20q", p.rest)
	}
	f.Required = p.accept("!")
	lists := ""
	if p.accept(":") {
		f.Type = p.word()
	}
	for p.accept("[]") {
		lists += "[]"
	}
	if p.accept("=") {
		f.Enum = append(f.Enum, p.word())
		for p.accept("|") {
			f.Enum = append(f.Enum, p.word())
		}
	}
	f.Encrypted = p.accept("~")
	f.Text = p.accept("@")
	if p.accept("{") {
		var err error
		if f.Fields, err = p.fields(); err != nil {
			return f, err
		}
		if !p.accept("}") {
			return f, fmt.Errorf("the fields of %q have no end", f.Name)
		}
		f.Type = "object"
	}
	switch f.Type {
	case "string", "integer", "number", "boolean", "object":
		f.Type += lists
	default:
		return f, fmt.Errorf("field %q has no type %q", f.Name, f.Type)
	}
	if f.Text {
		if f.Type != "string" { // of a text in a text, nothing is known
			f.Holds = f.Type
		}
		f.Type = "string"
	}
	return f, nil
}

func (p *parser) accept(sign string) bool {
	rest, ok := strings.CutPrefix(p.rest, sign)
	p.rest = rest
	return ok
}

// word reads up to the next sign.
func (p *parser) word() string {
	end := strings.IndexAny(p.rest, "!:[]=|~@{} ")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if strings.Contains(word, "%20") {
		word = strings.ReplaceAll(word, "%20", " ")
	}
	return word
}
