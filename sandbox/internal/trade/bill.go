package trade

import (
	"bytes"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
)

// A table is a bill: a row of column names, the rows, and a summary with its own names.
type table struct{ text bytes.Buffer }

// newTable begins with the byte-order mark that WeChat Pay's bills have.
func newTable(columns string) *table {
	b := &table{}
	b.text.WriteString("\ufeff" + columns + "\r\n")
	return b
}

// clean keeps a text within its field. Commas are no harm: a field begins with a backtick.
var clean = strings.NewReplacer("\r", " ", "\n", " ", "`", "'")

func (b *table) row(fields ...string) {
	for i, field := range fields {
		if i > 0 {
			b.text.WriteByte(',')
		}
		b.text.WriteByte('`')
		_, _ = clean.WriteString(&b.text, field) // a Buffer takes all
	}
	b.text.WriteString("\r\n")
}

func (b *table) summary(columns string, fields ...string) []byte {
	b.text.WriteString(columns + "\r\n")
	b.row(fields...)
	return b.text.Bytes()
}

func noStatement() error { return kit.Refuse(400, "NO_STATEMENT_EXIST", 0, "账单文件不存在") }

// billDay is a day that has a bill. A bill is there as soon as its day is over: tests need
// not wait until 10 o'clock.
func billDay(now time.Time, date string) (from, to time.Time, err error) {
	from, err = time.ParseInLocation(time.DateOnly, date, kit.Shanghai)
	if err != nil {
		return from, to, wrongIn("query", "bill_date", 0, "格式应为 YYYY-MM-DD")
	}
	today := now.In(kit.Shanghai)
	today = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, kit.Shanghai)
	if !from.Before(today) || from.Before(today.AddDate(0, -3, 0)) {
		return from, to, noStatement()
	}
	return from, from.AddDate(0, 0, 1), nil
}

func within(at, from, to time.Time) bool { return !at.Before(from) && at.Before(to) }

func billTime(at time.Time) string { return at.In(kit.Shanghai).Format(time.DateTime) }
