package media

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// ErrNoBill says that what was read is no bill.
var ErrNoBill = errors.New("media: no bill")

// A Row is one line of a bill, its fields as they are between the commas, without the
// backtick that WeChat Pay puts before each.
type Row struct {
	columns []string
	Fields  []string
}

// Get is the field of that column, or "" where there is none.
func (r Row) Get(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 && i < len(r.Fields) {
		return r.Fields[i]
	}
	return ""
}

// Columns are the names of the columns, as the bill has them. They must not be changed.
func (r Row) Columns() []string { return r.columns }

// A Statement is a trade or fund-flow bill that is read row by row, in memory that does
// not grow with it. It is for one goroutine.
type Statement struct {
	lines   *csv.Reader
	columns []string
	summary Row
	err     error
}

// ReadStatement reads a bill, as [Chain.Download] saves it, from r: the names of its
// columns at once, its rows by [Statement.Rows]. The error wraps [ErrNoBill], or that of
// r.
//
// [Chain.Download]: https://pkg.go.dev/github.com/wechatpay-chain/wechatpay#Chain.Download
func ReadStatement(r io.Reader) (*Statement, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := buffered.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	if first, _ := buffered.Peek(1); len(first) == 1 && (first[0] == '{' || first[0] == '<') {
		return nil, fmt.Errorf("%w: it begins with %q, as an error in JSON or HTML does", ErrNoBill, first)
	}
	s := &Statement{lines: csv.NewReader(plainQuotes{buffered})}
	s.lines.FieldsPerRecord = -1 // the summary has columns of its own
	s.lines.ReuseRecord = true
	columns, err := s.lines.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: it is empty", ErrNoBill)
	case err != nil:
		return nil, fmt.Errorf("media: reading the bill: %w", err)
	case isData(columns):
		return nil, fmt.Errorf("%w: its first line has no names of columns", ErrNoBill)
	}
	s.columns = owned(columns)
	return s, nil
}

// Columns are the names of the columns. They must not be changed.
func (s *Statement) Columns() []string { return s.columns }

// Rows goes through the rows, once. A row is the caller's to keep. The last pair has the
// error, if there is one: a row with fewer fields than columns, that of the reader, or
// [io.ErrUnexpectedEOF] where the bill ends before its summary, so that a part of one
// never looks like the whole.
func (s *Statement) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			record, err := s.lines.Read()
			switch {
			case errors.Is(err, io.EOF):
				s.err = fmt.Errorf("media: the bill ends without its summary: %w", io.ErrUnexpectedEOF)
			case err != nil:
				s.err = fmt.Errorf("media: reading the bill: %w", err)
			case !isData(record):
				s.err = s.readSummary(owned(record))
				if s.err == nil {
					return
				}
			default:
				row, err := s.row(s.columns, record)
				if s.err = err; err == nil {
					if !yield(row, nil) {
						return
					}
					continue
				}
			}
			yield(Row{}, s.err)
			return
		}
	}
}

// Summary is the bill's own sum of its rows, once these have been gone through; before,
// or after an error, it is empty.
func (s *Statement) Summary() Row { return s.summary }

// readSummary reads the line behind the names of the summary.
func (s *Statement) readSummary(columns []string) error {
	record, err := s.lines.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("media: the bill ends within its summary: %w", io.ErrUnexpectedEOF)
	}
	if err != nil {
		return fmt.Errorf("media: reading the bill: %w", err)
	}
	if last := record[len(record)-1]; !strings.HasPrefix(last, "`") {
		return fmt.Errorf("media: the bill ends within its summary: %w", io.ErrUnexpectedEOF)
	}
	s.summary, err = s.row(columns, record)
	return err
}

// row takes the backticks off. A piece without one is the rest of the field before it:
// a comma in the name of a product is written as it is.
func (s *Statement) row(columns, record []string) (Row, error) {
	fields := make([]string, 0, len(columns))
	for _, piece := range record {
		field, begins := strings.CutPrefix(piece, "`")
		if begins || len(record) <= len(columns) || len(fields) == 0 {
			fields = append(fields, field)
		} else {
			fields[len(fields)-1] += "," + piece
		}
	}
	if len(fields) != len(columns) {
		line, _ := s.lines.FieldPos(0)
		return Row{}, fmt.Errorf("media: line %d of the bill has %d fields, and there are %d columns", line, len(fields), len(columns))
	}
	for i, field := range fields {
		fields[i] = strings.ReplaceAll(field, quoteMark, `"`)
	}
	return Row{columns, fields}, nil
}

// isData tells rows from the names of columns.
func isData(record []string) bool { return strings.HasPrefix(record[0], "`") }

// owned is a copy of a record that the csv.Reader will use again.
func owned(record []string) []string {
	names := slices.Clone(record)
	for i, name := range names {
		names[i] = strings.ReplaceAll(strings.TrimSpace(name), quoteMark, `"`)
	}
	return names
}

// quoteMark stands for a quote while a line is split: a bill quotes nothing, so that a
// quote in it, even an odd one, is a letter as any other.
const quoteMark = "\x00"

// plainQuotes puts quoteMark in the place of each quote.
type plainQuotes struct{ r io.Reader }

func (q plainQuotes) Read(p []byte) (int, error) {
	n, err := q.r.Read(p)
	for i, c := range p[:n] {
		if c == '"' {
			p[i] = quoteMark[0]
		}
	}
	return n, err
}
