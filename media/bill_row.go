package media

import "slices"

// A BillRow is a row of a [Bill], or its summary. It is a value that may be kept and
// shared: it shares nothing with other rows but the names of the columns.
type BillRow struct {
	columns, fields []string
}

// Get is the field of the column with that name, without its backtick, and empty where
// the bill has no such column: [Bill.Rows] can demand those that matter. Amounts are
// text, in yuan with two decimals.
func (r BillRow) Get(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.fields[i]
	}
	return ""
}

// At is the field of the column with that index, from 0. As for a slice, it panics
// beyond [BillRow.Len].
func (r BillRow) At(i int) string { return r.fields[i] }

// Len is the number of columns; of the summary that is not there, 0.
func (r BillRow) Len() int { return len(r.fields) }

// Columns are the names of the columns, in order. The slice is the caller's own.
func (r BillRow) Columns() []string { return slices.Clone(r.columns) }
