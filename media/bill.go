package media

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxLine is the maximum size of a line of a bill. The longest known lines have 2 KB.
const maxLine = 64 << 10

// A Bill reads a trade or fund-flow bill row by row, in about 64 KB of memory. A bill has a
// row of column names, the rows, and a summary with separate column names. A Bill is not
// safe for concurrent use.
//
// encoding/csv cannot read bills: they have no quoting, a comma in a product's name is not
// escaped, and a quotation mark has no special meaning. Each field begins with a backtick.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196
type Bill struct {
	lines   *bufio.Reader
	number  int  // of the line read last
	last    bool // the file ends with that line, and no line feed
	columns *columns
	layout  []byte  // of the row at hand: its fields' places, then its text
	summary BillRow // ends the bill
	err     error   // or this does
}

// ReadBill returns a Bill that reads from r: plain text, not gzip. It does not read yet.
func ReadBill(r io.Reader) *Bill {
	if r == nil {
		return &Bill{}
	}
	return &Bill{lines: bufio.NewReaderSize(r, maxLine)}
}

// Rows returns the rows of the bill, to range over once. After a break, the next loop goes
// on with the next row. required are columns that the bill must have: they differ by
// bill_type, and [BillRow.Get] returns "" for a missing column.
//
// An error comes last, without a row, and names the line. It wraps [io.ErrUnexpectedEOF]
// if the file is truncated, that is, without a summary. Otherwise it wraps the error of
// the reader, if any. No error contains a value of a row. The error of a file that is not
// a bill, such as WeChat Pay's error in JSON, says what the file is.
func (b *Bill) Rows(required ...string) iter.Seq2[BillRow, error] {
	if b == nil || b.lines == nil {
		return func(yield func(BillRow, error) bool) {
			yield(BillRow{}, errors.New("media: bill: the Bill is nil or zero; make one with ReadBill"))
		}
	}
	return func(yield func(BillRow, error) bool) {
		if b.err == nil && b.columns == nil {
			b.columns, b.err = b.header()
		}
		if b.err == nil {
			b.err = b.require(required)
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

// Summary returns the row of totals at the end of the bill, with separate column names. It
// is empty until Rows has ended without an error.
func (b *Bill) Summary() BillRow {
	if b == nil {
		return BillRow{}
	}
	return b.summary
}

func (b *Bill) header() (*columns, error) {
	if err := b.refuse(); err != nil {
		return nil, err
	}
	line, err := b.line()
	switch {
	case err != nil:
		return nil, err
	case len(line) == 0:
		return nil, b.cut("it is empty")
	case line[0] == '`':
		return nil, b.wrong("the row of column names is missing")
	case b.last:
		return nil, b.cut("nothing follows")
	}
	return columnsOf(line), nil
}

func (b *Bill) require(required []string) error {
	for _, name := range required {
		if b.columns.index(name) < 0 {
			return fmt.Errorf("media: bill: it lacks the column %q; its columns are %q; request another bill_type", name, b.columns.names)
		}
	}
	return nil
}

// row returns the next row. After the last row, it reads the summary.
func (b *Bill) row() (BillRow, error) {
	line, err := b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case len(line) == 0:
		return BillRow{}, b.cut("the summary is missing")
	case line[0] == '`' && b.last: // its last field may be truncated, and half an amount is wrong
		return BillRow{}, b.cut("the summary is missing")
	case line[0] == '`':
		return b.parse(b.columns, line)
	}
	summary, err := b.total(columnsOf(line))
	if err != nil {
		return BillRow{}, err
	}
	b.summary = summary
	return BillRow{}, nil
}

// total returns the summary's values. They must be the last line.
func (b *Bill) total(columns *columns) (BillRow, error) {
	line, err := b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case len(line) == 0:
		return BillRow{}, b.cut("the summary's values are missing")
	case line[0] != '`':
		return BillRow{}, b.wrong("it does not begin with a backtick, as rows and the summary's values do")
	}
	summary, err := b.parse(columns, line)
	if err != nil {
		return BillRow{}, err
	}
	line, err = b.line()
	switch {
	case err != nil:
		return BillRow{}, err
	case len(line) != 0:
		return BillRow{}, b.wrong("there is more text after the summary")
	}
	return summary, nil
}

func (b *Bill) parse(columns *columns, line []byte) (BillRow, error) {
	var n int
	if b.layout, n = appendRow(b.layout[:0], line, len(columns.names)); n != len(columns.names) {
		text := fmt.Sprintf("%d fields for %d columns", n, len(columns.names))
		if b.last && n < len(columns.names) {
			return BillRow{}, b.cut(text)
		}
		return BillRow{}, b.wrong(text)
	}
	return BillRow{columns: columns, layout: string(b.layout)}, nil
}

// line returns the next line that is not empty, without its line break, until the next call. It
// returns none at the end of the file.
func (b *Bill) line() ([]byte, error) {
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
			return nil, b.wrong(fmt.Sprintf("it is longer than %d bytes", maxLine))
		case err != nil && !b.last:
			return nil, fmt.Errorf("media: bill, after line %d: %w", b.number, err)
		case len(line) > 0 || b.last:
			return line, nil
		}
	}
}

// refuse detects files that are not bills and says what they are.
func (b *Bill) refuse() error {
	begin, _ := b.lines.Peek(maxLine / 16) // line returns the error
	begin = bytes.TrimSpace(bytes.TrimPrefix(begin, []byte("\ufeff")))
	switch {
	case bytes.HasPrefix(begin, []byte{0x1f, 0x8b}):
		return errors.New("media: bill: it is compressed; decompress it with compress/gzip")
	case bytes.HasPrefix(begin, []byte("<")):
		return errors.New("media: bill: it is XML or HTML, not a bill; check the status of the reply")
	case bytes.HasPrefix(begin, []byte("{")):
		var reply struct{ Code, Message string }
		_ = json.Unmarshal(begin, &reply) // other JSON leaves both empty
		return fmt.Errorf("media: bill: it is JSON, not a bill (code %.64q, message %.300q); check the status of the reply",
			reply.Code, reply.Message)
	}
	return nil
}

func (b *Bill) wrong(text string) error {
	return fmt.Errorf("media: bill, line %d: %s", b.number, text)
}

func (b *Bill) cut(text string) error {
	return fmt.Errorf("media: bill, line %d: %s: the file is truncated; download it again: %w", b.number, text, io.ErrUnexpectedEOF)
}
