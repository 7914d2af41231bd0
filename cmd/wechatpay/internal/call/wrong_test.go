package call_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestWrongUse: one line with the problem and the fix, exit code 2, nothing on stdout, and
// nothing sent.
func TestWrongUse(t *testing.T) {
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	server, err := gateway.Start()
	require.NoError(t, err)
	defer server.Close()
	state := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(filepath.Join(state, "wechatpay", "sandbox"), server.URL))
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	refunds := "v3/refund/domestic/refunds"
	complaints := "v3/merchant-service/complaints-v2"
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"no path", []string{"get"}, "get: the path is missing; write it as WeChat Pay documents it: wechatpay get v3/…"},
		{"two paths", []string{"get", "v3/certificates", "x"}, "get: one path, not 2 arguments"},
		{"an empty path", []string{"get", ""}, "the path is empty"},
		{"a slash at the start", []string{"get", "/v3/certificates"}, "leave it out: v3/certificates"},
		{"a path that MSYS rewrote", []string{"get", "C:/Program Files/Git/v3/certificates"}, "leave out the slash at its start: v3/certificates"},
		{"a path that MSYS rewrote, with backslashes", []string{"post", `D:\msys64\v2\pay\micropay`}, "leave out the slash at its start: v2/pay/micropay"},
		{"backslashes", []string{"get", `v3\certificates`}, "write slashes: v3/certificates"},
		{"a space", []string{"get", "v3/x y"}, "the path has a space"},
		{"a host without a scheme", []string{"get", "api.mch.weixin.qq.com/v3/certificates"}, "leave it out: v3/certificates"},
		{"a URL of another host", []string{"get", "https://example.com/v3/certificates"}, `host "example.com" is not trusted`},
		{"WeChat Pay without TLS", []string{"get", "http://api.mch.weixin.qq.com/v3/certificates"}, "use https"},
		{"a missing variable", []string{"get", "v3/refund/domestic/refunds/{out_refund_no}"}, "out_refund_no"},
		{"a variable too many", []string{"get", "v3/certificates", "--var", "x=1"}, "--var"},
		{"a variable twice", []string{"get", "v3/certificates", "--var", "x=1", "--var", "{x}=2"}, "x is given twice"},
		{"an unknown flag", []string{"get", "v3/certificates", "--nonsense"}, "unknown flag: --nonsense"},
		{"a flag of another method", []string{"post", refunds, "--paginate"}, "unknown flag: --paginate"},
		{"a body of a get", []string{"get", "v3/certificates", "-f", "a=1"}, "unknown shorthand flag: 'f'"},
		{"a field without a value", []string{"post", refunds, "-f", "secret"}, "has no =; write it as name=value"},
		{"a field without a name", []string{"post", refunds, "-f", "=1"}, "has no name before ="},
		{"a field twice", []string{"post", refunds, "-f", "amount.total=1", "-f", "amount.total=2"}, "amount.total is given twice"},
		{"a field with brackets", []string{"post", refunds, "-f", "amount[refund]=1"}, "write dots: amount.refund"},
		{"a field of a scalar", []string{"post", refunds, "-f", "reason=a", "-f", "reason.x=1"}, `-f reason.x: "x" would be set inside of a string`},
		{"a gap in a list", []string{"post", refunds, "-f", "goods_detail.2.unit_price=1"}, "index 2 would leave a gap in a new list"},
		{"an amount with a point", []string{"post", refunds, "-f", "amount.total=1.00"}, "-f amount.total is an integer, such as 100; amounts are in fen"},
		{"an amount with a zero before it", []string{"post", refunds, "-F", "amount.total=0100"}, "-F amount.total is an integer"},
		{"an amount of too many digits", []string{"post", refunds, "-f", "amount.total=99999999999999999999"}, "more than 64 bits"},
		{"a text for an object", []string{"post", refunds, "-f", "amount=1"}, "-f amount is an object; set its fields, such as amount.refund=…"},
		{"a text for a list", []string{"post", refunds, "-f", "goods_detail=1"}, "-f goods_detail is a list; set its elements, goods_detail.0=…"},
		{"a word for a boolean", []string{"post", "v3/pay/transactions/jsapi", "-f", "settle_info.profit_sharing=yes"}, "is true or false"},
		{"null", []string{"post", "v3/nobody/knows", "-F", "a=null"}, "WeChat Pay refuses null; leave the field out"},
		{"a long number by -F", []string{"post", "v3/nobody/knows", "-F", "a=1217752501201407033233368018"}, "-f sends it as text"},
		{"a file that is not there", []string{"post", refunds, "-F", "reason=@" + dir + "/nowhere"}, "no such file"},
		{"a file that is not text", []string{"post", refunds, "-F", "reason=@" + file("gbk", "\xd6\xd0")}, "is not UTF-8 text"},
		{"a body that is not there", []string{"post", refunds, "--input", dir + "/nowhere"}, "--input: open "},
		{"a body that is a folder", []string{"post", refunds, "--input", dir}, "is a directory"},
		{"a path with a value in Chinese", []string{"get", "v3/pay/transactions/out-trade-no/订单1"}, "the path has the character '订'; write {name} in its place, and give the value by --var"},
		{"an empty body", []string{"post", refunds, "--input", "-"}, "--input: standard input is empty"},
		{"a body that is not JSON", []string{"post", refunds, "--input", file("broken", "{\n\"a\":1,\n}")}, "is not JSON: line 3: invalid character '}'"},
		{"a body that is a list", []string{"post", refunds, "--input", file("list", "[1]")}, "is not a JSON object"},
		{"a body in UTF-16", []string{"post", refunds, "--input", file("utf16", "\xff\xfe{\x00}\x00")}, "save it as UTF-8"},
		{"XML for v3", []string{"post", refunds, "--input", file("xml", "<xml></xml>")}, "is not JSON"},
		{"XML with an element twice", []string{"post", "v2/pay/micropay", "--input", file("twice", "<xml><a>1</a><a>2</a></xml>")}, "the element a is there twice"},
		{"standard input twice", []string{"post", refunds, "--input", "-", "-F", "a=@-"}, "--input: standard input is empty"},
		{"standard input of two fields", []string{"post", refunds, "-F", "out_trade_no=@-", "-F", "out_refund_no=@-"}, "stdin is for -F out_trade_no already, and cannot be for -F out_refund_no too"},
		{"a misspelt field", []string{"post", refunds, "-f", "out_trade_no=1", "-f", "out_refund_no=2", "-f", "amount.refund=1", "-f", "amount.total=1", "-f", "amount.curency=CNY"}, "amount.curency is not documented; did you mean amount.currency?; amount.currency is missing (--no-validate"},
		{"a missing field", []string{"post", refunds, "-f", "out_trade_no=1"}, "out_refund_no is missing; amount is missing (--no-validate sends it all the same)"},
		{"a misspelt parameter", []string{"get", "v3/pay/transactions/out-trade-no/1", "-q", "mchd=1"}, "-q mchd is not documented; did you mean mchid?; -q mchid is missing"},
		{"an undocumented value", []string{"get", "v3/bill/fundflowbill", "-q", "bill_date=2026-11-23", "-q", "account_type=MINE"}, "-q account_type is not one of"},
		{"an upload", []string{"post", "v3/merchant/media/upload", "-f", "a=1"}, "takes a file; use wechatpay upload"},
		{"a header without a colon", []string{"get", "v3/certificates", "-H", "x"}, "-H: has no name and colon"},
		{"a header with a line break", []string{"get", "v3/certificates", "-H", "X: a\nb"}, "line break"},
		{"an Authorization", []string{"get", "v3/certificates", "-H", "authorization: Bearer x"}, "leave it out"},
		{"a parameter without a value", []string{"get", "v3/certificates", "-q", "x"}, "-q: has no ="},
		{"a broken filter", []string{"get", "v3/certificates", "--jq", ".["}, "--jq: unexpected"},
		{"a filter with an unknown function", []string{"get", "v3/certificates", "--jq", "nonsense"}, "--jq: function not defined: nonsense/0"},
		{"a broken template", []string{"get", "v3/certificates", "-t", "{{"}, "template: --template:1:"},
		{"a filter and a template", []string{"get", "v3/certificates", "--jq", ".", "-t", "x"}, "mutually exclusive"},
		{"-o and -i", []string{"get", "v3/certificates", "-o", dir + "/x", "-i"}, "leave out -i"},
		{"-o and --jq", []string{"get", "v3/certificates", "-o", dir + "/x", "--jq", "."}, "write > FILE"},
		{"-o of a folder", []string{"get", "v3/certificates", "-o", dir}, "is a folder"},
		{"-o in a folder that is not there", []string{"get", "v3/certificates", "-o", dir + "/no/x"}, "no such file"},
		{"pages of what does not page", []string{"get", "v3/certificates", "--paginate"}, "does not page; leave it out"},
		{"pages of what is not known", []string{"get", "v3/nobody/knows", "--paginate"}, "is not in the catalogue"},
		{"pages and -i", []string{"get", complaints, "--paginate", "-i"}, "leave out -i"},
		{"pages with a query in the path", []string{"get", complaints + "?offset=1", "--paginate"}, "give the query by -q"},
		{"a clear field that is documented as encrypted", []string{"post", "v3/profitsharing/receivers/add", "-f", "appid=wx1", "-f", "type=MERCHANT_ID", "-f", "account=1", "-f", "relation_type=STORE", "-f", "name=Zhang"}, "--encrypt auto encrypts it"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(gateway.Exchanges())
			var out, notes bytes.Buffer
			a := &app.App{In: strings.NewReader(""), Out: &out, Err: &notes, Now: app.OS().Now, Getenv: func(name string) (string, bool) {
				if name == "XDG_STATE_HOME" {
					return state, true
				}
				return "", false
			}}
			code := cli.Main(t.Context(), a, append(row.args, "--sandbox"))
			assert.Equal(t, failure.Usage, code, notes.String())
			assert.Empty(t, out.String())
			lines := strings.Split(strings.TrimSuffix(notes.String(), "\n"), "\n")
			last := lines[len(lines)-1]
			assert.Contains(t, last, row.want)
			assert.True(t, strings.HasPrefix(last, "wechatpay: "), last)
			if !strings.Contains(notes.String(), "catalogue: a field") {
				assert.Len(t, lines, 1, notes.String())
			}
			assert.NotRegexp(t, `Options\.|Config\.`, last)
			for _, e := range gateway.Exchanges()[before:] {
				assert.Equal(t, "/", e.Target, "what asks whether the sandbox is there")
			}
		})
	}
}
