package media

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// maxLine is the room for one line of a bill; the longest known have some 2 KB.
const maxLine = 64 << 10

// A Bill reads a trade or fund-flow bill row by row, however long it is, in some 64 KB
// of memory: a row of column names, the rows, and a summary, which has column names of
// its own. It is for one goroutine at a time.
//
// encoding/csv cannot read bills as they are: a bill quotes nothing, a comma in a
// product's name is not escaped, and a quotation mark is a character like any other.
// What tells fields apart is the backtick that each begins with.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196
type Bill struct {
	lines   *bufio.Reader
	number  int  // of the line read last
	last    bool // the file ends with that line, and no line feed
	columns []string
	summary BillRow // ends the bill
	err     error   // or this does
}

// ReadBill makes a bill of r, which is plain text, not zipped. It reads nothing yet.
func ReadBill(r io.Reader) *Bill { return &Bill{lines: bufio.NewReaderSize(r, maxLine)} }

// Rows are the rows of the bill, to be ranged over once; after a break they go on behind
// it. need names columns without which the bill is of no use: they differ by bill_type,
// and [BillRow.Get] of a column that is not there is empty.
//
// An error comes last, without a row, and names the line. It wraps [io.ErrUnexpectedEOF]
// where the file is cut off, which it is without a summary, and otherwise the reader's
// error, if any. No error holds a value out of a row. A file that is no bill, such as
// WeChat Pay's own error in JSON, is told as what it is.
func (b *Bill) Rows(need ...string) iter.Seq2[BillRow, error] {
	return func(yield func(BillRow, error) bool) {
		if b.err == nil && b.columns == nil {
			b.columns, b.err = b.header()
		}
		if b.err == nil {
			b.err = b.demand(need)
		}
		for b.summary.Len() == 0 {
			var row BillRow
			if b.err == nil {
				row, b.err = b.row()
			}
			if b.summary.Len() > 0 || !yield(row, b.err) || b.err != nil {
				return
			}
		}
	}
}

// Summary is the row of totals at the end of the bill, under column names of its own.
// It is there once the rows have come to their end without an error, and empty before.
func (b *Bill) Summary() BillRow { return b.summary }

func (b *Bill) header() ([]string, error) {
	if err := b.refuse(); err != nil {
		return nil, err
	}
	line, err := b.line()
	switch {
	case err != nil:
		return nil, err
	case line == "":
		return nil, b.cut("it is empty")
	case line[0] == '`':
		return nil, b.wrong("it begins with a backtick, as rows do: the row of column names is missing")
	case b.last:
		return nil, b.cut("nothing follows")
	}
	return strings.Split(line, ","), nil
}

func (b *Bill) demand(need []string) error {
	for _, name := range need {
		if !slices.Contains(b.columns, name) {
			return fmt.Errorf("media: bill: it has no column %q, but %q: ask for another bill_type", name, b.columns)
		}
	}
	return nil
}

// row is the next row; behind the last, it reads the summary instead.
func (b *Bill) row() (BillRow, error) {
	line, err := b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case line == "":
		return BillRow{}, b.cut("the summary is missing")
	case line[0] == '`' && b.last: // its last field may be cut: no amount is handed out by halves
		return BillRow{}, b.cut("the summary is missing")
	case line[0] == '`':
		return b.parse(b.columns, line)
	}
	summary, err := b.total(strings.Split(line, ","))
	if err != nil {
		return BillRow{}, err
	}
	b.summary = summary
	return BillRow{}, nil
}

// total is the summary's values, with nothing behind them.
func (b *Bill) total(columns []string) (BillRow, error) {
	line, err := b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case line == "":
		return BillRow{}, b.cut("the summary's values are missing")
	case line[0] != '`':
		return BillRow{}, b.wrong("it does not begin with a backtick, as a row or the summary's values do")
	}
	summary, err := b.parse(columns, line)
	if err != nil {
		return BillRow{}, err
	}
	line, err = b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case line != "":
		return BillRow{}, b.wrong("there is something behind the summary")
	}
	return summary, nil
}

func (b *Bill) parse(columns []string, line string) (BillRow, error) {
	fields := split(line, len(columns))
	if n := len(fields); n != len(columns) {
		text := fmt.Sprintf("%d fields for %d columns", n, len(columns))
		if b.last && n < len(columns) {
			return BillRow{}, b.cut(text)
		}
		return BillRow{}, b.wrong(text)
	}
	return BillRow{columns: columns, fields: fields}, nil
}

// split takes a line apart. Where it has more commas than its columns account for,
// some are part of a field, and only one with a backtick behind it parts two.
func split(line string, columns int) []string {
	if strings.Count(line, ",") >= columns {
		return strings.Split(line[1:], ",`")
	}
	fields := strings.Split(line, ",")
	for i, field := range fields {
		fields[i] = strings.TrimPrefix(field, "`")
	}
	return fields
}

// line is the next line that is not empty, without its end, and empty at the end of the
// file.
func (b *Bill) line() (string, error) {
	for {
		line, err := b.lines.ReadSlice('\n')
		b.last = err == io.EOF
		if len(line) > 0 {
			b.number++
		}
		if b.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return "", b.wrong(fmt.Sprintf("it is longer than %d bytes", maxLine))
		case err != nil && !b.last:
			return "", fmt.Errorf("media: bill, after line %d: %w", b.number, err)
		case len(line) > 0 || b.last:
			return string(line), nil
		}
	}
}

// refuse recognises by its beginning what is no bill, and says what it is instead.
func (b *Bill) refuse() error {
	begin, _ := b.lines.Peek(maxLine / 16) // a failure comes back with the first line
	begin = bytes.TrimSpace(bytes.TrimPrefix(begin, []byte("\ufeff")))
	switch {
	case bytes.HasPrefix(begin, []byte{0x1f, 0x8b}):
		return errors.New("media: bill: it is zipped; unzip it first, with compress/gzip")
	case bytes.HasPrefix(begin, []byte("<")):
		return errors.New("media: bill: it is XML or HTML; look at the status of the reply first")
	case bytes.HasPrefix(begin, []byte("{")):
		var told struct{ Code, Message string }
		_ = json.Unmarshal(begin, &told) // of other JSON there is nothing more to tell
		return fmt.Errorf("media: bill: it is JSON, an error instead of a bill (code %q, message %q); look at the status of the reply first",
			told.Code, told.Message)
	}
	return nil
}

func (b *Bill) wrong(text string) error {
	return fmt.Errorf("media: bill, line %d: %s", b.number, text)
}

func (b *Bill) cut(text string) error {
	return fmt.Errorf("media: bill, line %d: %s: the file is cut off; download it again: %w", b.number, text, io.ErrUnexpectedEOF)
}
