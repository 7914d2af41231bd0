package cipher

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// A place is one value that a path matches, with the value's exact path.
type place struct {
	path  string
	value gjson.Result
}

// A pathTree holds paths by their keys, so that each object is gone through once, however many
// paths lead into it.
type pathTree struct {
	keys     []string // of the paths that go on, in their order
	children map[string]*pathTree
	elements *pathTree // of those that go on with "#"

	// Fields, by their index; the number of fields stands for none.
	first    int // the first that leads here
	required int // the first of these that is not optional
	end      int // the first that ends here
	again    int // another that ends here

	// What a search has found in the object that it is in.
	value gjson.Result
	count int
}

// tree returns the paths of all fields.
func (fields Fields) tree() (*pathTree, error) {
	none := len(fields)
	node := func() *pathTree { return &pathTree{first: none, required: none, end: none, again: none} }
	root := node()
	for i, field := range fields {
		steps, optional, err := parsePath(field)
		if err != nil {
			return nil, err
		}
		at := root
		for _, step := range steps {
			at = at.child(step, node)
			at.first = min(at.first, i)
			if !optional {
				at.required = min(at.required, i)
			}
		}
		if at.end < none {
			at.again = min(at.again, i)
		}
		at.end = min(at.end, i)
	}
	return root, nil
}

// child returns the tree below a step, which it makes if it is missing.
func (t *pathTree) child(to step, node func() *pathTree) *pathTree {
	if to.elements {
		if t.elements == nil {
			t.elements = node()
		}
		return t.elements
	}
	child := t.children[to.key]
	if child == nil {
		if t.children == nil {
			t.children = map[string]*pathTree{}
		}
		child = node()
		t.children[to.key] = child
		t.keys = append(t.keys, to.key)
	}
	return child
}

// A search follows all paths through a text at once.
type search struct {
	fields Fields
	found  []place
	err    error // of the first field that has one
	failed int   // the index of that field
	gone   int   // the members that it has gone through, which bounds its work
}

func (s *search) fail(field int, err error) {
	if s.err == nil || field < s.failed {
		s.err, s.failed = err, field
	}
}

func (s *search) walk(at gjson.Result, paths *pathTree, way string) {
	none := len(s.fields)
	if paths.end < none {
		switch {
		case at.Type != gjson.String:
			s.mismatch(paths.end, at, way, "a string")
		case paths.again < none:
			s.fail(paths.again, fmt.Errorf("field %q is named twice", way))
		default:
			s.found = append(s.found, place{way, at})
		}
	}
	if paths.elements != nil {
		if at.IsArray() {
			s.walkList(at, paths.elements, way)
		} else {
			s.mismatch(paths.elements.first, at, way, "a list")
		}
	}
	if len(paths.keys) > 0 {
		if at.IsObject() {
			s.walkObject(at, paths, way)
		} else {
			s.mismatch(paths.children[paths.keys[0]].first, at, way, "an object")
		}
	}
}

func (s *search) walkList(list gjson.Result, paths *pathTree, way string) {
	i := 0
	list.ForEach(func(_, element gjson.Result) bool {
		s.walk(element, paths, strings.TrimPrefix(way+"."+strconv.Itoa(i), "."))
		i++
		return s.err == nil
	})
}

func (s *search) walkObject(object gjson.Result, paths *pathTree, way string) {
	for _, child := range paths.children {
		child.count = 0
	}
	object.ForEach(func(name, value gjson.Result) bool {
		s.gone++
		if child := paths.children[name.Str]; child != nil {
			child.value = value
			child.count++
		}
		return true
	})
	for _, key := range paths.keys {
		child := paths.children[key]
		below := strings.TrimPrefix(way+"."+key, ".")
		switch {
		case child.count > 1: // only one of them would be encrypted
			s.fail(child.first, fmt.Errorf("field %q: %q occurs %d times in its object", s.fields[child.first], below, child.count))
		case child.count == 1:
			s.walk(child.value, child, below)
		case child.required < len(s.fields):
			s.fail(child.required, fmt.Errorf("field %q: %w: there is no %q", s.fields[child.required], ErrNoField, below))
		}
	}
}

// mismatch fails with the expected and the actual type.
func (s *search) mismatch(field int, at gjson.Result, way, wanted string) {
	found := "a " + strings.ToLower(at.Type.String())
	switch {
	case at.Type == gjson.Null:
		found = "null"
	case at.IsArray():
		found = "a list"
	case at.IsObject():
		found = "an object"
	}
	s.fail(field, fmt.Errorf("field %q: %q is %s, not %s", s.fields[field], way, found, wanted))
}
