package media

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// A BillRow is a row of a [Bill], or its summary. It may be kept and used by several
// goroutines.
type BillRow struct {
	columns *columns
	layout  string // see appendRow; one allocation holds a row
}

// Get returns the field of the named column, without its backtick. It returns "" if the
// bill does not have the column; [Bill.Rows] can require columns. Amounts are in yuan with
// two decimals.
func (r BillRow) Get(column string) string {
	if r.columns == nil {
		return ""
	}
	if i := r.columns.index(column); i >= 0 {
		return r.At(i)
	}
	return ""
}

// At returns the field of the column with that index, from 0. It panics if i is not below
// [BillRow.Len].
func (r BillRow) At(i int) string {
	place := r.layout[placeSize*i : placeSize*r.Len()][:placeSize]
	begin := int(place[0]) | int(place[1])<<8 | int(place[2])<<16 | int(place[3])<<24
	end := int(place[4]) | int(place[5])<<8 | int(place[6])<<16 | int(place[7])<<24
	return r.layout[begin:end]
}

// Len returns the number of columns. It is 0 for an empty summary.
func (r BillRow) Len() int {
	if r.columns == nil {
		return 0
	}
	return len(r.columns.names)
}

// Columns returns the names of the columns, in order, in a new slice.
func (r BillRow) Columns() []string {
	if r.columns == nil {
		return nil
	}
	return slices.Clone(r.columns.names)
}

// placeSize is that of the place of a field: where it begins and where it ends, in four bytes each.
const placeSize = 8

// appendRow appends the layout of a row: the place of each field, and the line. It returns the
// number of fields; if they are not as many as the columns, the layout is of no use.
//
// If the line has more commas than columns, some commas belong to a field, and only a comma before
// a backtick separates two fields.
func appendRow(layout, line []byte, columns int) (_ []byte, fields int) {
	shift := placeSize * columns
	for begin := 0; ; {
		comma := bytes.IndexByte(line[begin:], ',')
		end := len(line)
		if comma >= 0 {
			end = begin + comma
		}
		start := begin
		if start < end && line[start] == '`' {
			start++
		}
		if fields++; fields > columns {
			return appendAmbiguous(layout[:0], line, columns)
		}
		layout = appendPlace(layout, shift+start, shift+end)
		if comma < 0 {
			return append(layout, line...), fields
		}
		begin = end + 1
	}
}

// appendAmbiguous appends the layout of a row with commas in its fields.
func appendAmbiguous(layout, line []byte, columns int) (_ []byte, fields int) {
	shift := placeSize * columns
	for begin := 1; ; { // behind the first backtick
		end := len(line)
		next := bytes.Index(line[begin:], []byte(",`"))
		if next >= 0 {
			end = begin + next
		}
		fields++
		layout = appendPlace(layout, shift+begin, shift+end)
		if next < 0 {
			return append(layout, line...), fields
		}
		begin = end + len(",`")
	}
}

func appendPlace(layout []byte, begin, end int) []byte {
	layout = binary.LittleEndian.AppendUint32(layout, uint32(begin)) //nolint:gosec // a line is shorter than maxLine
	return binary.LittleEndian.AppendUint32(layout, uint32(end))     //nolint:gosec // likewise
}
