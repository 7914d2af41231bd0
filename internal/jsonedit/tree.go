// Package jsonedit changes a JSON text by path, so that many changes of one text take time in
// proportion to their number.
package jsonedit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// A Tree is a valid JSON text that is changed. Only the objects and lists on the way to a change are
// taken apart; all other values keep their text, each digit and escape of it. It is not safe for
// concurrent use.
type Tree struct{ root node }

// A node is a value: its text, or its members once it was opened.
type node struct {
	text   string
	opened *container
}

// A container is an opened object or list.
type container struct {
	isList  bool
	members []member
	places  map[string]int // of the keys of a large object; nil for a small one
}

type member struct {
	key, quoted string // of an object: the key, and as JSON
	removed     bool   // of an object; the places of the others stay
	node
}

// manyMembers is the size from which an object is searched by a map.
const manyMembers = 16

// Parse returns the Tree of a text, which must be valid JSON.
func Parse(text string) *Tree { return &Tree{node{text: text}} }

// Set sets the value at a path to a JSON text, which must be valid: keys and list indexes separated
// by dots, -1 to append, a backslash before a special character of a key, a colon before a key of
// digits. Objects and lists that are missing on the way are made. After an error, the Tree is of no
// use.
func (t *Tree) Set(path, text string) error {
	keys, err := parsePath(path)
	if err != nil {
		return err
	}
	at := &t.root
	for i, k := range keys {
		c := at.open()
		if c == nil {
			return fmt.Errorf("%q would be set inside of a %s", k.written, typeOf(at.text))
		}
		place, err := c.find(k)
		if err != nil {
			return err
		}
		if place < 0 {
			if place, err = c.add(k, keys[i+1:]); err != nil {
				return err
			}
		}
		at = &c.members[place].node
	}
	*at = node{text: text}
	return nil
}

// Delete removes the value at a path, if there is one. An index of -1 is the last of a list.
func (t *Tree) Delete(path string) error {
	keys, err := parsePath(path)
	if err != nil {
		return err
	}
	at := &t.root
	for i, k := range keys {
		c := at.open()
		if c == nil {
			return nil
		}
		place, err := c.find(k)
		if c.isList && k.index == appends {
			place = len(c.members) - 1
		}
		if err != nil || place < 0 {
			return nil //nolint:nilerr // there is no such value
		}
		if i == len(keys)-1 {
			c.remove(place)
		} else {
			at = &c.members[place].node
		}
	}
	return nil
}

// open takes an object or a list apart, once. It returns nil for any other value.
func (n *node) open() *container {
	if n.opened != nil {
		return n.opened
	}
	value := gjson.Parse(n.text)
	if !value.IsObject() && !value.IsArray() {
		return nil
	}
	c := &container{isList: value.IsArray()}
	value.ForEach(func(key, value gjson.Result) bool {
		c.members = append(c.members, member{key: key.Str, quoted: key.Raw, node: node{text: value.Raw}})
		return true
	})
	*n = node{opened: c}
	return c
}

// find returns the place of a key, or -1 if it is not there yet.
func (c *container) find(k key) (place int, err error) {
	switch {
	case c.isList && (k.index == noIndex || k.index > len(c.members)):
		return -1, fmt.Errorf("%q is not an index of a list of %d; -1 appends", k.written, len(c.members))
	case c.isList && k.index < len(c.members):
		return k.index, nil // or appends, which is -1
	case c.isList:
		return -1, nil
	case len(c.members) < manyMembers:
		return slices.IndexFunc(c.members, func(m member) bool { return m.key == k.name && !m.removed }), nil
	case c.places == nil:
		c.places = make(map[string]int, 2*len(c.members))
		for i, m := range c.members {
			if !m.removed {
				c.places[m.key] = i
			}
		}
	}
	if place, ok := c.places[k.name]; ok {
		return place, nil
	}
	return -1, nil
}

// add adds a member for a key that is not there. If keys lead further down, it is an empty
// object or list, by the first of them.
func (c *container) add(k key, down []key) (place int, err error) {
	m := member{}
	if len(down) > 0 {
		m.opened = &container{isList: down[0].index != noIndex}
		if down[0].index > 0 {
			return -1, fmt.Errorf("index %d would leave a gap in a new list", down[0].index)
		}
	}
	place = len(c.members)
	if !c.isList {
		if m.key, m.quoted, err = k.name, "", nil; err == nil {
			m.quoted, err = quote(k.name)
		}
		if c.places != nil {
			c.places[k.name] = place
		}
	}
	c.members = append(c.members, m)
	return place, err
}

func (c *container) remove(place int) {
	if c.isList {
		c.members = slices.Delete(c.members, place, place+1)
		return
	}
	delete(c.places, c.members[place].key)
	c.members[place] = member{removed: true}
}

// typeOf is the type of a scalar.
func typeOf(text string) string { return strings.ToLower(gjson.Parse(text).Type.String()) }
