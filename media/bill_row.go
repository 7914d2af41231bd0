package media

import "slices"

// A BillRow is a row of a [Bill], or its summary. It may be kept and used by several
// goroutines.
type BillRow struct {
	columns, fields []string
}

// Get returns the field of the named column, without its backtick. It returns "" if the
// bill does not have the column; [Bill.Rows] can require columns. Amounts are in yuan with
// two decimals.
func (r BillRow) Get(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.fields[i]
	}
	return ""
}

// At returns the field of the column with that index, from 0. It panics if i is not below
// [BillRow.Len].
func (r BillRow) At(i int) string { return r.fields[i] }

// Len returns the number of columns. It is 0 for an empty summary.
func (r BillRow) Len() int { return len(r.fields) }

// Columns returns the names of the columns, in order, in a new slice.
func (r BillRow) Columns() []string { return slices.Clone(r.columns) }
