package bill

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/media"
)

// A rowWriter writes the rows of a bill.
type rowWriter interface {
	row(media.BillRow) error
	end() error
}

// writeRows streams the rows of a bill. Its summary is told to the person.
func writeRows(a *app.App, file io.Reader, w rowWriter) error {
	bill, count := media.ReadBill(file), 0
	for row, err := range bill.Rows() {
		if err != nil {
			return err
		}
		if err := w.row(row); err != nil {
			return err
		}
		count++
	}
	if err := w.end(); err != nil {
		return err
	}
	totals, columns := bill.Summary(), bill.Summary().Columns()
	texts := make([]string, totals.Len())
	for i := range texts {
		texts[i] = columns[i] + " " + totals.At(i)
	}
	a.Note(a.T("%d rows: %s", "%d 行：%s"), count, strings.Join(texts, ", "))
	return nil
}

// csvRows writes CSV as spreadsheets and encoding/csv read it.
type csvRows struct {
	out    io.Writer
	w      *csv.Writer
	fields []string
}

func (c *csvRows) row(r media.BillRow) error {
	if c.w == nil {
		c.w = csv.NewWriter(c.out)
		if err := c.w.Write(r.Columns()); err != nil {
			return err
		}
		c.fields = make([]string, r.Len())
	}
	for i := range c.fields {
		c.fields[i] = r.At(i)
	}
	return c.w.Write(c.fields)
}

func (c *csvRows) end() error {
	if c.w == nil {
		return nil
	}
	c.w.Flush()
	return c.w.Error()
}

// jsonRows writes an object a line, in the order of the columns. All values are texts, as
// amounts are in yuan with two decimals.
type jsonRows struct {
	out   io.Writer
	w     *bufio.Writer
	names []string // of the columns, as JSON
	text  bytes.Buffer
	json  *json.Encoder
}

func (j *jsonRows) row(r media.BillRow) error {
	if j.w == nil {
		j.w = bufio.NewWriter(j.out)
		j.json = json.NewEncoder(&j.text)
		j.json.SetEscapeHTML(false)
		for _, column := range r.Columns() {
			name, err := j.encoded(column)
			if err != nil {
				return err
			}
			j.names = append(j.names, name)
		}
	}
	before := "{"
	for i, name := range j.names {
		value, err := j.encoded(r.At(i))
		if err != nil {
			return err
		}
		if _, err := j.w.WriteString(before + name + ":" + value); err != nil {
			return err
		}
		before = ","
	}
	_, err := j.w.WriteString("}\n")
	return err
}

func (j *jsonRows) encoded(text string) (string, error) {
	j.text.Reset()
	err := j.json.Encode(text)
	return strings.TrimSuffix(j.text.String(), "\n"), err
}

func (j *jsonRows) end() error {
	if j.w == nil {
		return nil
	}
	return j.w.Flush()
}
