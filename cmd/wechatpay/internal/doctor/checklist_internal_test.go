package doctor

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the tables of the page of the checklist")

// TestChecklist: the items are numbered without a gap, and name checks that there are.
func TestChecklist(t *testing.T) {
	t.Parallel()
	names := checkNames(t)
	for i, item := range checklist() {
		assert.Equal(t, i+1, item.Number)
		assert.Contains(t, []string{"fatal", "must", "recommended", "optional"}, item.Level, item.Number)
		for _, check := range item.Checks {
			assert.True(t, names[check], "item %d: there is no check %q", item.Number, check)
		}
	}
	assert.Len(t, checklist(), 84)
	for _, item := range checklist() {
		assert.Equal(t, item.Rest == "", item.RestChinese == "", item.Number)
	}
}

// checkNames are the values of the constants that begin with check.
func checkNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "check") {
				return true
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok {
				name, err := strconv.Unquote(value.Value)
				require.NoError(t, err)
				names[name] = true
			}
			return true
		})
	}
	return names
}

// products are the headings of the page, in the order of the items.
var products = []struct{ name, heading, chinese string }{
	{"keys", "Keys and configuration", "密钥与配置"}, {"calls", "Requests and replies", "请求与应答"}, {"webhooks", "Webhooks", "回调"},
	{"pay", "Orders, refunds and bills", "下单、退款与账单"}, {"sharing", "Profit sharing and onboarding", "分账与进件"},
	{"payscore", "Payment score", "支付分"}, {"medical", "Medical insurance", "医保支付"}, {"coupons", "Product coupons", "商品券"},
}

// TestChecklistPage: the page of the guide has the items as the command knows them.
func TestChecklistPage(t *testing.T) {
	t.Parallel()
	for _, page := range []struct {
		file    string
		chinese bool
	}{{"checklist.md", false}, {"checklist.zh-CN.md", true}} {
		file := filepath.Join("../../../../docs/guide", page.file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		const begin, end = "<!-- items: written by the tests of cmd/wechatpay/internal/doctor with -update -->\n", "<!-- end of items -->\n"
		head, rest, ok := strings.Cut(string(text), begin)
		require.True(t, ok, "%s lacks %s", file, begin)
		_, tail, ok := strings.Cut(rest, end)
		require.True(t, ok, "%s lacks %s", file, end)
		want := head + begin + itemTables(page.chinese) + end + tail
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
			continue
		}
		assert.Equal(t, want, string(text), "go test ./internal/doctor -run ChecklistPage -update")
	}
}

func itemTables(chinese bool) string {
	say := func(english, inChinese string) string {
		if chinese {
			return inChinese
		}
		return english
	}
	levels := map[string]string{"fatal": "致命", "must": "必须", "recommended": "建议", "optional": "可选"}
	var b strings.Builder
	for _, product := range products {
		fmt.Fprintf(&b, "\n## %s\n\n%s", say(product.heading, product.chinese), say("| # | level | what has to be so | who sees to it |\n|---|---|---|---|\n", "| # | 级别 | 要求 | 由谁检查 |\n|---|---|---|---|\n"))
		for _, item := range checklist() {
			if item.Product != product.name {
				continue
			}
			var who []string
			if item.Library {
				who = append(who, say("the library", "本库"))
			}
			if len(item.Checks) > 0 {
				who = append(who, "`doctor`: "+strings.Join(item.Checks, ", "))
			}
			if english, chinese := item.ForAPerson(); english != "" {
				person := say("**a person**", "**人工**")
				if item.Rest != "" {
					person += say(": "+english, "："+chinese)
				}
				who = append(who, person)
			}
			fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", item.Number, say(item.Level, levels[item.Level]), say(item.Text, item.Chinese), strings.Join(who, say("; ", "；")))
		}
	}
	b.WriteByte('\n')
	return b.String()
}
