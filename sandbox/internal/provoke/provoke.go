// Package provoke makes WeChat Pay's errors on demand, as test card numbers do elsewhere: a
// business number that ends in "_" and the code of an error gets that error, before the call
// has any effect. out_trade_no "order1_SYSTEM_ERROR" gets 500 SYSTEM_ERROR.
//
// [Table] has all codes and where they work. A number of another end provokes nothing.
package provoke

import (
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A Row is an error that can be provoked.
type Row struct {
	Method  string // "" for any
	Path    string // as in the catalogue; one that ends in "*" is a prefix; "" for any
	Code    string // what a business number ends in, behind "_"
	Status  int
	Message string // short, in Chinese
	Number  int    // what stands at the end of Request-ID; 0 if unknown
}

// Table returns all rows, for documentation. Of several that fit a call, the one with the
// longest Path wins, then the first.
func Table() []Row { return slices.Clone(table) }

// Refusal returns the error that one of the business numbers of a call provokes, or nil: route
// is a path of the catalogue. The first of the numbers that provokes one decides.
func Refusal(method, route string, numbers []string) *play.Refusal {
	for _, number := range numbers {
		if row := provoked(table, method, route, number); row != nil {
			return &play.Refusal{Status: row.Status, Code: row.Code, Message: row.Message, Number: row.Number}
		}
	}
	return nil
}

func provoked(table []Row, method, route, number string) *Row {
	var found *Row
	for i := range table {
		row := &table[i]
		if (found == nil || len(row.Path) > len(found.Path)) && row.fits(method, route) && strings.HasSuffix(number, "_"+row.Code) {
			found = row
		}
	}
	return found
}

func (r *Row) fits(method, route string) bool {
	if r.Method != "" && r.Method != method {
		return false
	}
	if prefix, ok := strings.CutSuffix(r.Path, "*"); ok {
		return strings.HasPrefix(route, prefix)
	}
	return r.Path == "" || r.Path == route
}
