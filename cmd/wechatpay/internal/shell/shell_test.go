package shell_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/shell"
)

// TestQuote: a real shell reads the words back.
func TestQuote(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, text, ifNeeded string }{
		{"a path", "/a/b-c_1.json", "/a/b-c_1.json"},
		{"nothing", "", "''"},
		{"spaces", "a b", "'a b'"},
		{"a quotation mark", "it's", `'it'\''s'`},
		{"a variable", "$HOME", "'$HOME'"},
		{"braces", "{id}", "'{id}'"},
		{"a comment", "#a", "'#a'"},
		{"a tilde", "~root", "'~root'"},
		{"a line break", "a\nb", "'a\nb'"},
		{"Chinese", "退款", "退款"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.ifNeeded, shell.QuoteIfNeeded(row.text))
			sh, err := exec.LookPath("sh")
			if err != nil {
				return // the texts above are what a shell of another system is given
			}
			for _, word := range []string{shell.Quote(row.text), row.ifNeeded} {
				read, err := exec.CommandContext(t.Context(), sh, "-c", "printf %s "+word).Output()
				require.NoError(t, err)
				assert.Equal(t, row.text, string(read))
			}
		})
	}
}
