package batchcmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/batch"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A sum is how much the lines move, where the catalogue knows the field of the amount.
type sum struct {
	of      map[string]int64 // by currency, in its smallest unit
	fields  map[string]bool
	unknown int // lines whose amount is not known
}

// mostFen is more than any number of lines moves: beyond it, an amount is a mistake.
const mostFen = 1 << 53

func (s *sum) add(method string, job *batch.Job) {
	q, known := catalogue.QueryOf(job.Path)
	amount := gjson.GetBytes(job.Body, q.Amount)
	fen := amount.Int()
	if !known || method != "POST" || q.Amount == "" || amount.Type != gjson.Number || strings.ContainsAny(amount.Raw, ".eE") || fen < 0 || fen > mostFen {
		s.unknown++
		return
	}
	parent, _, nested := cutLast(q.Amount, ".")
	currency := "currency"
	if nested {
		currency = parent + ".currency"
	}
	unit := gjson.GetBytes(job.Body, currency).String()
	if unit == "" {
		unit = "CNY"
	}
	if s.of == nil {
		s.of, s.fields = map[string]int64{}, map[string]bool{}
	}
	s.fields[q.Amount] = true
	s.of[unit] = min(s.of[unit]+fen, mostFen)
}

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return "", text, false
}

// fact is what a person is told.
func (s *sum) fact(a *app.App) string {
	if len(s.of) == 0 {
		return a.T("their amounts are not known to the catalogue", "接口目录不知道金额字段，合计未知")
	}
	parts := []string{}
	for _, unit := range slices.Sorted(maps.Keys(s.of)) {
		fen := s.of[unit]
		switch {
		case fen == mostFen:
			parts = append(parts, fmt.Sprintf("%.8q: ≥ %d", unit, fen))
		case unit == "CNY":
			parts = append(parts, fmt.Sprintf("CNY %d.%02d", fen/100, fen%100))
		default:
			parts = append(parts, fmt.Sprintf(a.T("%.8q: %d of its smallest unit", "%.8q：%d（最小货币单位）"), unit, fen))
		}
	}
	text := fmt.Sprintf(a.T("%s in all (%s)", "合计 %s（%s）"), strings.Join(parts, ", "), strings.Join(slices.Sorted(maps.Keys(s.fields)), ", "))
	if s.unknown > 0 {
		text += fmt.Sprintf(a.T("; and %d lines whose amount is not known", "；另有 %d 行金额未知"), s.unknown)
	}
	return text
}
