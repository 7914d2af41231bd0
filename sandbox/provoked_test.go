package sandbox_test

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestProvokedErrorsAreDocumented: in go doc by path, and in ERRORS.md with all that is known.
func TestProvokedErrorsAreDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("provoked.go")
	require.NoError(t, err)
	table, err := os.ReadFile("ERRORS.md")
	require.NoError(t, err)
	var lines []string // of go doc: a path, and its codes
	rows := "| Method | Path | Ends in | Status | Message | Request-ID |\n|---|---|---|---|---|---|\n"
	last := "-"
	for _, e := range sandbox.ProvokedErrors() {
		if e.Method+e.Path != last {
			last = e.Method + e.Path
			lines = append(lines, "//\t"+strings.TrimSpace(e.Method+" "+cmp.Or(e.Path, "any path"))+"\n")
		}
		lines = append(lines, fmt.Sprintf("//\t  %d %s\n", e.Status, e.Code))
		number := ""
		if e.Number != 0 {
			number = fmt.Sprintf("`…-%d`", e.Number)
		}
		rows += fmt.Sprintf("| %s | %s | `_%s` | %d | %s | %s |\n", cmp.Or(e.Method, "any"), cmp.Or(e.Path, "any"), e.Code, e.Status, e.Message, number)
	}
	assert.Contains(t, string(source), "//\n"+strings.Join(lines, "")+"func ProvokedErrors()")
	assert.Contains(t, string(table), "\n"+rows)
}

// TestProvokedErrors: of an order, and listed for programs in any language.
func TestProvokedErrors(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	status, list := control(t, g, http.MethodGet, "errors", "", nil)
	require.Equal(t, 200, status)
	played := 0
	for _, row := range gjson.Parse(list).Array() {
		if path := row.Get("path").Str; path != "" && path != "/v3/pay/*" {
			continue
		}
		played++
		code := row.Get("code").Str
		resp, body := m.call(http.MethodPost, prepayPath, prepayBody("1_"+code, nil))
		assert.EqualValues(t, row.Get("status").Int(), resp.StatusCode, code)
		assert.Equal(t, code, gjson.Get(body, "code").Str)
		assert.Equal(t, row.Get("message").Str, gjson.Get(body, "message").Str)
		if number := row.Get("number").String(); number != "" {
			assert.True(t, strings.HasSuffix(resp.Header.Get("Request-ID"), "-"+number), code)
		}
	}
	assert.GreaterOrEqual(t, played, 15)
	_, err := g.Pay("1_SYSTEM_ERROR")
	assert.Error(t, err, "the order was not made")
}

// TestProvokedErrorsOfAPIv2: in ERRORS.md, and each at an endpoint that its path is of.
func TestProvokedErrorsOfAPIv2(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("ERRORS.md")
	require.NoError(t, err)
	rows := "| Path | Ends in | Message |\n|---|---|---|\n"
	g := newGateway(t, sandbox.Config{})
	for _, e := range sandbox.ProvokedErrorsV2() {
		rows += fmt.Sprintf("| %s | `_%s` | %s |\n", cmp.Or(e.Path, "any"), e.Code, e.Message)
		switch e.Path {
		case "", "/pay/*", "/pay/unifiedorder":
			expect(t, xmlValues{"result_code": "FAIL", "err_code": e.Code, "err_code_des": e.Message}, postXML(t, g, "/pay/unifiedorder", orderV2("1_"+e.Code, nil)))
		case "/secapi/pay/*", "/secapi/pay/reverse":
			expect(t, xmlValues{"result_code": "FAIL", "err_code": e.Code}, postXML(t, g, "/secapi/pay/reverse", xmlValues{"out_trade_no": "1_" + e.Code}))
		case "/pay/micropay":
			expect(t, xmlValues{"result_code": "FAIL", "err_code": e.Code}, postXML(t, g, "/pay/micropay", codePayment("1_"+e.Code, "101234567890123456")))
		}
	}
	assert.True(t, strings.HasSuffix(string(table), "\n"+rows), rows)
}
