package provoke

import (
	"iter"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"sync"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// form is how most business numbers are named.
var form = regexp.MustCompile(`^(combine_)?out_\w+_(no|id|code|number)$|^[a-z_]*request_no$`)

// others are business numbers of another form, by what they are.
var others = map[string]string{
	"business_code":         "of an application",
	"mch_billno":            "of a red packet",
	"partner_trade_no":      "of a transfer",
	"contract_code":         "of a contract",
	"authorization_code":    "of a service authorization of payment score",
	"authenticate_number":   "of an authentication of payroll",
	"merchant_plan_no":      "of a plan of payment score",
	"merchant_sign_plan_no": "of a plan that a user signed",
	"sp_serial_no":          "of a request for a subsidy",
}

// lasting are of the form, but name something of the merchant that lasts from call to call.
var lasting = map[string]string{
	"out_user_code":      "a user",
	"out_user_id":        "a user",
	"out_product_no":     "a product",
	"out_shop_no":        "a shop",
	"out_table_no":       "a table",
	"out_dish_no":        "a dish",
	"out_id":             "a tag",
	"out_parking_id":     "a parking lot",
	"out_parking_lot_id": "a parking lot",
}

var (
	once  sync.Once
	names map[string]bool
)

// IsNumber reports whether a field is a business number: chosen by the caller, for one order,
// refund, application or other request. They are found in the requests of the catalogue.
func IsNumber(field string) bool {
	once.Do(func() {
		names = map[string]bool{}
		for _, e := range catalogue.All() {
			for _, place := range []catalogue.Fields{e.Vars, e.Query, e.JSON, e.XML} {
				for _, f := range place.All() {
					if f.Type == "string" && lasting[f.Name] == "" && (others[f.Name] != "" || form.MatchString(f.Name)) {
						names[f.Name] = true
					}
				}
			}
		}
	})
	return names[field]
}

// Names returns the names of all business numbers, sorted, for documentation.
func Names() []string {
	IsNumber("")
	return slices.Sorted(maps.Keys(names))
}

// Numbers returns the business numbers of a call, wherever they stand: first those of the path,
// then of the query, then of the body, sorted by their names.
func Numbers(vars map[string]string, query url.Values, body play.Object) []string {
	var numbers []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if IsNumber(name) {
			numbers = append(numbers, vars[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if IsNumber(name) {
			numbers = append(numbers, query[name]...)
		}
	}
	return slices.AppendSeq(numbers, within(map[string]any(body)))
}

// within goes through the numbers of a JSON value. Those of its top level come first: they name
// what the call is about.
func within(value any) iter.Seq[string] {
	return func(yield func(string) bool) { visit(value, yield) }
}

func visit(value any, yield func(string) bool) bool {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			if !visit(element, yield) {
				return false
			}
		}
	case play.Object:
		return visit(map[string]any(v), yield)
	case map[string]any:
		sorted := slices.Sorted(maps.Keys(v))
		for _, name := range sorted {
			if text, ok := v[name].(string); ok && IsNumber(name) && !yield(text) {
				return false
			}
		}
		for _, name := range sorted {
			if !visit(v[name], yield) {
				return false
			}
		}
	}
	return true
}
