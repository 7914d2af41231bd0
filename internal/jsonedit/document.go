package jsonedit

import (
	"fmt"
	"slices"
	"sync/atomic"
)

// A Document is a JSON text with changes, which are made together once somebody reads it: so many of
// them take time in proportion to their number. It is immutable, and safe for concurrent use. The
// zero Document is an empty object.
type Document struct{ last *change }

// A change is a step from one Document to the next.
type change struct {
	verb, path, value string // value is the JSON of Set

	// What it comes to is stored before before is dropped, which would keep all earlier texts alive.
	before atomic.Pointer[change]
	result atomic.Pointer[outcome]
}

// An outcome is what the changes up to one come to.
type outcome struct {
	data []byte
	err  error
	tree atomic.Pointer[Tree] // of data, for the first who changes it; may be nil
}

var empty = &outcome{data: []byte("{}")}

// NewDocument returns a Document of valid JSON, or of an error, which every change of it keeps.
func NewDocument(data []byte, err error) Document {
	c := &change{}
	c.result.Store(&outcome{data: data, err: err})
	return Document{c}
}

// Set returns the Document with another value, which must be valid JSON, at a path; see [Tree.Set].
func (d Document) Set(path, value string) Document { return d.with("Set", path, value) }

// Delete returns the Document without the value at a path; see [Tree.Delete].
func (d Document) Delete(path string) Document { return d.with("Delete", path, "") }

func (d Document) with(verb, path, value string) Document {
	c := &change{verb: verb, path: path, value: value}
	c.before.Store(d.last)
	return Document{c}
}

// Bytes returns the JSON, which must not be modified, or the first error. That of a change begins
// with its name and path.
func (d Document) Bytes() ([]byte, error) {
	o := d.outcome()
	return o.data, o.err
}

// outcome makes the changes that nobody has asked for yet.
func (d Document) outcome() *outcome {
	base := empty
	var changes []*change
	for at := d.last; at != nil; {
		before := at.before.Load()
		if done := at.result.Load(); done != nil { // loaded after before: it is there if that was dropped
			base = done
			break
		}
		changes = append(changes, at)
		at = before
	}
	if len(changes) == 0 || base.err != nil {
		return base
	}
	d.last.result.CompareAndSwap(nil, base.with(changes)) // two may make the same
	d.last.before.Store(nil)
	return d.last.result.Load()
}

// with makes changes, the last of which comes first.
func (o *outcome) with(changes []*change) *outcome {
	tree := o.tree.Swap(nil)
	if tree == nil {
		tree = Parse(string(o.data))
	}
	for _, c := range slices.Backward(changes) {
		var err error
		if c.verb == "Set" {
			err = tree.Set(c.path, c.value)
		} else {
			err = tree.Delete(c.path)
		}
		if err != nil {
			return &outcome{err: fmt.Errorf("Document.%s(%q): %w", c.verb, c.path, err)}
		}
	}
	changed := &outcome{data: tree.Bytes()}
	changed.tree.Store(tree)
	return changed
}
