package cli_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
)

// TestColumns: the texts of the flags of every help stand in one column, in both languages, and no
// value is called by a type of Go.
func TestColumns(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`^( +-\S.*?   +)\S`)
	for _, lang := range []string{"en", "zh"} {
		for _, command := range []string{"get", "post", "bill trade", "sandbox serve", "sandbox trigger", "sandbox fault", "profile add", "webhook listen"} {
			t.Run(lang+" "+command, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				a := &app.App{In: &bytes.Buffer{}, Out: &out, Err: &out, Getenv: func(name string) (string, bool) { return lang, name == "WECHATPAY_LANG" }}
				require.Zero(t, cli.Main(t.Context(), a, append(strings.Fields(command), "--help")))
				columns := map[int]bool{}
				for text := range strings.Lines(out.String()) {
					found := line.FindStringSubmatch(text)
					if found == nil {
						if strings.TrimSpace(text) == "" {
							clear(columns) // another block
						}
						continue
					}
					at := 0
					for _, c := range found[1] {
						if at++; unicode.Is(unicode.Han, c) {
							at++
						}
					}
					columns[at] = true
					assert.Len(t, columns, 1, "%s", out.String())
					assert.NotRegexp(t, `--\S+ (string|strings|stringArray|int|float|duration) `, text)
					if lang == "zh" {
						assert.NotContains(t, text, "(default ")
					}
				}
			})
		}
	}
}
