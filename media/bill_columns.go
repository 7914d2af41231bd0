package media

import (
	"strings"
	"sync/atomic"
	"unsafe"
)

// columns are those of all rows of a bill.
type columns struct {
	names  []string
	places map[string]int // the first of each name
	asked  [64]atomic.Pointer[askedColumn]
}

// An askedColumn is a name that was asked for, with its index. A program asks for the same few
// names in each row, by the same constants: they are known by their address, in a fifth of the time
// that a map takes. As long as the name is held here, no other text can have that address.
type askedColumn struct {
	name  string
	index int
}

func columnsOf(line []byte) *columns {
	c := &columns{names: strings.Split(string(line), ","), places: map[string]int{}}
	for i, name := range c.names {
		if _, twice := c.places[name]; !twice {
			c.places[name] = i
		}
	}
	return c
}

// index returns the index of a column, or -1.
func (c *columns) index(name string) int {
	address := unsafe.StringData(name)                                         //nolint:gosec // it is compared alone
	slot := &c.asked[uintptr(unsafe.Pointer(address))/8%uintptr(len(c.asked))] //nolint:gosec // likewise
	asked := slot.Load()
	if asked != nil && unsafe.StringData(asked.name) == address && len(asked.name) == len(name) { //nolint:gosec // likewise
		return asked.index
	}
	i, ok := c.places[name]
	if !ok {
		return -1
	}
	if asked == nil { // the first stays: names that are made anew for each row must not fill memory
		slot.CompareAndSwap(nil, &askedColumn{name, i})
	}
	return i
}
