package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

// A node is a JSON value in the order of its text, with the names of its fields. Snippets in
// all languages are written from it.
type node struct {
	kind      byte     // { and [, or " for a text, 0 for a literal: a number, true, false, null
	text      string   // of a text or a literal
	members   []member // of an object or a list, whose members have no names
	encrypted bool
}

type member struct {
	name, label string
	value       node
}

// parse reads one JSON value. fields and names are those of an object, or of a list of them.
func parse(data []byte, fields catalogue.Fields, names labels.Names) (node, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	n, err := parseValue(decoder, catalogue.Field{Fields: fields}, names, "")
	if err != nil {
		return n, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return n, fmt.Errorf("it has more than one value")
	}
	return n, nil
}

func parseValue(decoder *json.Decoder, f catalogue.Field, names labels.Names, path string) (node, error) {
	token, err := decoder.Token()
	if err != nil {
		return node{}, err
	}
	n := node{encrypted: f.Encrypted}
	switch token := token.(type) {
	case json.Delim:
		n.kind = token.String()[0]
	case string:
		n.kind, n.text = '"', token
		return n, nil
	case nil:
		n.text = "null"
		return n, nil
	default:
		n.text = fmt.Sprint(token)
		return n, nil
	}
	for decoder.More() {
		m, inner, below := member{}, f, path
		if n.kind == '{' {
			key, err := decoder.Token()
			if err != nil {
				return n, err
			}
			m.name = fmt.Sprint(key)
			inner = fieldOf(f.Fields, m.name)
			m.label = names[path+m.name]
			below = path + m.name + lists(inner) + "."
		}
		if m.value, err = parseValue(decoder, inner, names, below); err != nil {
			return n, err
		}
		n.members = append(n.members, m)
	}
	_, err = decoder.Token() // the end of it
	return n, err
}

func fieldOf(fields catalogue.Fields, name string) catalogue.Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return catalogue.Field{Type: "string"}
}

// hasEncrypted reports whether a value in n is to be encrypted.
func (n node) hasEncrypted() bool {
	if n.encrypted && n.kind != '{' && n.kind != '[' {
		return true
	}
	for _, m := range n.members {
		if m.value.hasEncrypted() {
			return true
		}
	}
	return false
}
