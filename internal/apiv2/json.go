package apiv2

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
)

// JSON returns the message as a flat object of texts. Numbered elements stand under their
// own names, and as lists under the documented one: coupon_id_0 also as the first of
// coupon_id_$n, coupon_fee_1_0 as the first in the second of coupon_fee_$n_$m. Elements that
// hold elements are objects, and several of one name are a list. What is empty is left out, as a
// sign does it too.
func (m Message) JSON() []byte {
	data := object(nil, m.elements)
	lists := numbered(m.elements)
	if len(lists) == 0 {
		return data
	}
	data = data[:len(data)-1]
	for _, l := range lists {
		if data[len(data)-1] != '{' {
			data = append(data, ',')
		}
		data = l.append(data)
	}
	return append(data, '}')
}

func object(data []byte, elements []flatxml.Element) []byte {
	data = append(data, '{')
	for i := range elements {
		switch several := len(elements[i].Children) > 0; {
		case several && named(elements[:i], elements[i].Name):
			continue // it is in the list of the first
		case !several && elements[i].Text == "":
			continue
		}
		if data[len(data)-1] != '{' {
			data = append(data, ',')
		}
		data = append(gjson.AppendJSONString(data, elements[i].Name), ':')
		data = values(data, elements[i:])
	}
	return append(data, '}')
}

// values writes the first of some elements, or a list if others that hold elements have its name.
func values(data []byte, elements []flatxml.Element) []byte {
	first := &elements[0]
	if len(first.Children) == 0 {
		return gjson.AppendJSONString(data, flatxml.Clean(first.Text))
	}
	if !named(elements[1:], first.Name) {
		return object(data, first.Children)
	}
	data = append(data, '[')
	for i := range elements {
		if elements[i].Name != first.Name {
			continue
		}
		if i > 0 {
			data = append(data, ',')
		}
		data = object(data, elements[i].Children)
	}
	return append(data, ']')
}

func named(elements []flatxml.Element, name string) bool {
	return slices.ContainsFunc(elements, func(e flatxml.Element) bool { return e.Name == name })
}

// A list has the numbered elements of one name.
type list struct {
	name  string // such as coupon_id_$n
	texts []string
	set   []bool
	inner []list // of coupon_fee_$n_$m
}

// maxNumber limits the numbers, so that a list cannot be long for one element.
const maxNumber = 100

func numbered(elements []flatxml.Element) []list {
	var lists []list
	find := func(name string) *list {
		for i := range lists {
			if lists[i].name == name {
				return &lists[i]
			}
		}
		lists = append(lists, list{name: name})
		return &lists[len(lists)-1]
	}
	for _, e := range elements {
		base, n, ok := cutNumber(e.Name)
		if !ok || len(e.Children) > 0 {
			continue
		}
		if outer, m, two := cutNumber(base); two {
			l := find(outer + "_$n_$m")
			for len(l.inner) <= m {
				l.inner = append(l.inner, list{})
			}
			l.inner[m].put(n, e.Text)
			continue
		}
		find(base+"_$n").put(n, e.Text)
	}
	return lists
}

func cutNumber(name string) (base string, n int, ok bool) {
	i := strings.LastIndexByte(name, '_')
	if i <= 0 || i == len(name)-1 || len(name)-i > 3 {
		return "", 0, false
	}
	digits := name[i+1:]
	if digits[0] < '0' || digits[0] > '9' {
		return "", 0, false // without an error, as of most names
	}
	n, err := strconv.Atoi(digits)
	return name[:i], n, err == nil && n >= 0 && n < maxNumber && digits == strconv.Itoa(n)
}

func (l *list) put(n int, text string) {
	for len(l.texts) <= n {
		l.texts, l.set = append(l.texts, ""), append(l.set, false)
	}
	l.texts[n], l.set[n] = text, true
}

func (l *list) append(data []byte) []byte {
	data = append(gjson.AppendJSONString(data, l.name), ':')
	if l.inner == nil {
		return l.appendTexts(data)
	}
	data = append(data, '[')
	for i := range l.inner {
		if i > 0 {
			data = append(data, ',')
		}
		data = l.inner[i].appendTexts(data)
	}
	return append(data, ']')
}

// appendTexts writes the texts; a number that is left out is null.
func (l *list) appendTexts(data []byte) []byte {
	data = append(data, '[')
	for i, text := range l.texts {
		if i > 0 {
			data = append(data, ',')
		}
		if !l.set[i] {
			data = append(data, "null"...)
			continue
		}
		data = gjson.AppendJSONString(data, flatxml.Clean(text))
	}
	return append(data, ']')
}
