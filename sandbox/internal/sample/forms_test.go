package sample_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// forms are what texts look like, by their names.
var forms = []struct{ names, form string }{
	{`^(combine_)?transaction_id$`, `^4200\d{24}$`},
	{`^refund_id$`, `^5030\d{25}$`},
	{`(^|_)openid$`, `^o[0-9A-Za-z]{27}$`},
	{`(^|_)appid$`, `^wx[0-9a-f]{16}$`},
	{`(^|_)mchid$`, `^\d{10}$`},
	{`^prepay_id$`, `^wx\d{14}[0-9a-f]{20}$`},
	{`(currency|^fee_type)$`, `^CNY$`},
	{`^(create|success|accept|update|pay|close)_time$`, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$`},
	{`^(deduct|settlement|expire)_date$`, `^\d{4}-\d\d-\d\d$`},
	{`_url$`, `^(https|weixin)://`},
	{`^code_url$`, `^weixin://wxpay/bizpayurl\?pr=`},
	{`phone`, `^13900000000$`},
	{`^hash_value$`, `^[0-9a-f]{40}([0-9a-f]{24})?$`},
	{`^sha256$`, `^[0-9a-f]{64}$`},
	{`^id_card_number$`, `^999999\d{11}[\dX]$`},
	{`^(bank_)?account_number$`, `^\d{19}$`},
	{`_count$`, `^\d+$`},
	{`^(latitude|longitude)$`, `^\d+\.\d+$`},
}

func TestForms(t *testing.T) {
	t.Parallel()
	seen := make([]int, len(forms))
	names, patterns := make([]*regexp.Regexp, len(forms)), make([]*regexp.Regexp, len(forms))
	for i, f := range forms {
		names[i], patterns[i] = regexp.MustCompile(f.names), regexp.MustCompile(f.form)
	}
	for _, e := range catalogue.All() {
		if e.Version != 3 {
			continue
		}
		reply := sample.Reply(e, sample.Given{Caller: caller, Now: now})
		each(e.Reply, reply, func(f catalogue.Field, value any, _ play.Object) {
			text, isText := value.(string)
			for i := range forms {
				if isText && len(f.Enum) == 0 && names[i].MatchString(f.Name) {
					seen[i]++
					assert.Regexp(t, patterns[i], text, "%s of %s %s", f.Name, e.Method, e.Path)
				}
			}
		})
	}
	for i, n := range seen {
		assert.Positive(t, n, forms[i].names)
	}
}

// each goes through all values of an object that are no objects.
func each(fields catalogue.Fields, o play.Object, visit func(f catalogue.Field, value any, in play.Object)) {
	for _, f := range fields {
		list, isList := o[f.Name].([]any)
		if !isList {
			list = []any{o[f.Name]}
		}
		for _, value := range list {
			if inner, is := value.(play.Object); is {
				each(f.Fields, inner, visit)
				continue
			}
			visit(f, value, o)
		}
	}
}

// TestMoneyAddsUp finds that no part is more than the whole, in all replies.
func TestMoneyAddsUp(t *testing.T) {
	t.Parallel()
	pairs := []struct{ part, whole string }{
		{"payer_total", "total"}, {"payer_amount", "total"}, {"refund", "total"}, {"payer_refund", "refund"}, {"discount_refund", "refund"},
		{"settlement_refund", "refund"}, {"settlement_total", "total"}, {"success_amount", "total_amount"}, {"fail_amount", "total_amount"},
		{"discount_amount", "total_amount"}, {"wechatpay_contribute", "amount"}, {"merchant_contribute", "amount"}, {"other_contribute", "amount"},
		{"refund_amount", "amount"}, {"payer_total", "total_amount"},
	}
	compared := map[string]int{}
	for _, body := range []string{``, `{"amount":{"total":12345,"refund":345}}`, `{"amount":{"refund":7,"total":7}}`, `{"amount":{"refund":500}}`, `{"total_amount":1}`, `{"amount":99}`} {
		for _, e := range catalogue.All() {
			given := sample.Given{Caller: caller, Now: now}
			if body != "" {
				given.Body = object(t, body)
			}
			reply := sample.Reply(e, given)
			each(e.Reply, reply, func(f catalogue.Field, value any, in play.Object) {
				for _, p := range pairs {
					if f.Name != p.part || in[p.whole] == nil {
						continue
					}
					compared[p.part]++
					assert.LessOrEqual(t, fen(t, value), fen(t, in[p.whole]), "%s, %s of %s", e.Path, p.part, p.whole)
				}
			})
		}
	}
	assert.Greater(t, len(compared), 8, "%v", compared)
}

func fen(t *testing.T, value any) int64 {
	t.Helper()
	number, ok := value.(json.Number)
	if !ok {
		text, isText := value.(string)
		require.True(t, isText, "%T", value)
		number = json.Number(text)
	}
	n, err := strconv.ParseInt(number.String(), 10, 64)
	require.NoError(t, err)
	return n
}

func TestCheckDigits(t *testing.T) {
	t.Parallel()
	e := catalogue.Endpoint{Method: "GET", Path: "/v3/x"}
	require.NoError(t, e.Reply.UnmarshalText([]byte("account_number id_card_number organization_code")))
	for seed := range 50 {
		reply := sample.Reply(e, sample.Given{Seed: strconv.Itoa(seed), Now: now})
		assert.Zero(t, luhn(reply.Text("account_number"))%10, reply.Text("account_number"))
		assert.Equal(t, 1, citizen(reply.Text("id_card_number"))%11, reply.Text("id_card_number"))
		assert.Zero(t, credit(reply.Text("organization_code"))%31, reply.Text("organization_code"))
	}
}

// luhn sums the digits from the last on: each second one doubled, as its digits.
func luhn(number string) (sum int) {
	for i := range number {
		n := int(number[len(number)-1-i]-'0') * (1 + i%2)
		sum += n/10 + n%10
	}
	return sum
}

// citizen is the sum of ISO 7064 MOD 11-2, which leaves 1.
func citizen(number string) (sum int) {
	for i, digit := range number {
		n := int(digit - '0')
		if digit == 'X' {
			n = 10
		}
		sum += n * (1 << (17 - i) % 11)
	}
	return sum
}

// credit is the sum of GB 32100, which leaves 0; the last sign has the weight of the first.
func credit(number string) (sum int) {
	weight := 1
	for i, letter := range number {
		if i == 17 {
			weight = 1
		}
		sum += strings.IndexRune("0123456789ABCDEFGHJKLMNPQRTUWXY", letter) * weight
		weight = weight * 3 % 31
	}
	return sum
}

func TestTimes(t *testing.T) {
	t.Parallel()
	e := catalogue.Endpoint{Method: "GET", Path: "/v3/x"}
	require.NoError(t, e.Reply.UnmarshalText([]byte("create_time update_time expire_time end_date begin_day_time submit_time:integer begin_time:integer time_range{start_time}")))
	made := now.Add(-time.Hour)
	reply := sample.Reply(e, sample.Given{Made: made, Now: now})
	for field, want := range map[string]string{
		"create_time": "2026-06-08T09:34:56+08:00", "update_time": "2026-06-08T10:34:56+08:00", "expire_time": "2026-07-08T09:34:56+08:00",
		"end_date": "2026-07-08", "begin_day_time": "00:00:00", "time_range.start_time": "20260608093456",
	} {
		assert.Equal(t, want, reply.Text(field), field)
	}
	assert.Equal(t, made.Unix(), reply.Int("submit_time"))
	assert.Zero(t, reply.Int("begin_time"), "of a day")
}
