package sample

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func itoa(n int) string { return strconv.Itoa(n) }

// An integerRule makes whole numbers for the names that fit.
type integerRule struct {
	names *regexp.Regexp
	value func(*generator, catalogue.Field, level) int64
}

func fixed(n int64) func(*generator, catalogue.Field, level) int64 {
	return func(*generator, catalogue.Field, level) int64 { return n }
}

func rule(names string, value func(*generator, catalogue.Field, level) int64) integerRule {
	return integerRule{regexp.MustCompile(names), value}
}

// integers are tried in order. Names of other meanings are counts, of one.
var integers = []integerRule{
	// Seconds of a day: begin_time and end_time are whole numbers in the hours of coupons alone.
	rule(`^begin_time$`, fixed(0)),
	rule(`^end_time$`, fixed(24*60*60-1)),
	rule(`_time$|_timestamp$`, func(g *generator, f catalogue.Field, _ level) int64 { return g.moment(f.Name).Unix() }),
	rule(`^offset$|^min_|^hidden$|^audit_result$|fail_num|failed_num|fail(ed)?_count|debt_count|week_day`, fixed(0)),
	rule(`^limit$|^page_size$`, fixed(20)),
	rule(`expires?_in$`, fixed(7200)),
	rule(`percent|rate$|_ratio$`, fixed(30)),
	rule(`^max_(count|coupons|claim|length|string|list|use)|_per_user$|_per_day$|_by_day$|^max_file_size$|_quota$|^user_limit$|^daily_limit$`, fixed(100)),
	rule(`(^|_)(days?|day_after_receive|days_after_receive)$|_days`, fixed(1)),
	rule(`(^|_)(seconds|minutes|hours)$|duration`, fixed(30)),
	rule(`^(province|city|area|region)_(code|id)$`, fixed(440300)),
	rule(`_id$|^goods_id$|_code$|_version$|source_key|category$|_detail_no$|policy_periods`, func(g *generator, f catalogue.Field, at level) int64 {
		n, _ := strconv.ParseInt(g.digits(f.Name, at, "1", 12), 10, 64)
		return n
	}),
}

// integer returns a whole number for a field.
func (g *generator) integer(f catalogue.Field, at level) int64 {
	rules := integers
	if g.v2 != "" {
		rules = slices.Concat(integersV2, integers)
	}
	for _, r := range rules {
		if r.names.MatchString(f.Name) {
			return r.value(g, f, at)
		}
	}
	if n, is := g.fen(f, at); is {
		return n
	}
	return 1
}
