package app

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/internal/errtext"
)

// maxFacts is how many numbers, and how many amounts, a question shows.
const maxFacts = 6

var (
	// numberName is how the catalogue names the number of an order, a refund, a transfer, a
	// coupon's order.
	numberName = regexp.MustCompile(`^(out_\w+|combine_out_\w+|\w+_no|mch_billno|\w*transaction_id|refund_id)$`)
	// amountName is how it names an amount. All are in the smallest unit of their currency.
	amountName = regexp.MustCompile(`^(\w+_)?(amount|amt|fee|price|total|refund|subsidy)$`)
	digits     = regexp.MustCompile(`^-?[0-9]+$`)
)

// A fact is one number or amount of a request.
type fact struct {
	path, value string
	depth       int
}

// facts are the numbers and amounts of the request, the least nested first, one a line.
func (r Request) facts() []string {
	var numbers, amounts []fact
	for _, name := range slices.Sorted(maps.Keys(r.Vars)) {
		numbers = append(numbers, fact{path: name, value: errtext.Printable(r.Vars[name])})
	}
	currency := ""
	walk(gjson.ParseBytes(r.Body), "", 0, func(path, name string, depth int, v gjson.Result) {
		text := errtext.Printable(v.String())
		switch {
		case name == "currency" || name == "fee_type":
			currency = cmp.Or(currency, text)
		case amountName.MatchString(name) && (v.Type == gjson.Number || digits.MatchString(v.Str)):
			if v.Type == gjson.Number {
				text = v.Raw // as it is sent
			}
			amounts = append(amounts, fact{path, text, depth})
		case numberName.MatchString(name):
			numbers = append(numbers, fact{path, text, depth})
		}
	})
	for i := range amounts {
		amounts[i].value += inUnits(amounts[i].value, currency)
	}
	return slices.Concat(lines(numbers), lines(amounts))
}

// walk calls f for each value of a document that is neither an object nor a list.
func walk(v gjson.Result, path string, depth int, f func(path, name string, depth int, v gjson.Result)) {
	v.ForEach(func(key, value gjson.Result) bool {
		name, inner := key.String(), key.String()
		if v.IsArray() {
			name = ""
		}
		if path != "" {
			inner = path + "." + inner
		}
		if value.IsObject() || value.IsArray() {
			walk(value, inner, depth+1, f)
		} else {
			f(inner, name, depth, value)
		}
		return true
	})
}

func lines(facts []fact) []string {
	slices.SortStableFunc(facts, func(x, y fact) int { return cmp.Compare(x.depth, y.depth) })
	shown := facts[:min(len(facts), maxFacts)]
	text := make([]string, len(shown), len(shown)+1)
	for i, f := range shown {
		text[i] = errtext.Printable(f.path) + " " + f.value
	}
	if more := len(facts) - len(shown); more > 0 {
		text = append(text, fmt.Sprintf("… %d", more))
	}
	return text
}

// inUnits is an amount in yuan, or its currency. WeChat Pay counts in the smallest unit of a
// currency, which is a hundredth of a yuan.
func inUnits(amount, currency string) string {
	if currency != "" && currency != "CNY" {
		return " (" + currency + ", " + "its smallest unit)"
	}
	n, err := strconv.ParseInt(amount, 10, 64)
	if err != nil {
		return ""
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf(" (CNY %s%d.%02d)", sign, n/100, n%100)
}
