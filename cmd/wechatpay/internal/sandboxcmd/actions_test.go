package sandboxcmd_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/sandboxcmd"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestEveryActionHasACommand: in both languages.
func TestEveryActionHasACommand(t *testing.T) {
	t.Parallel()
	friendly := map[string]string{
		"pay/fail": "pay", "refunds/settle": "refund", "webhooks": "trigger", "faults": "fault", "errors/v2": "errors",
	}
	for _, language := range []string{"en", "zh"} {
		a := &app.App{Getenv: func(name string) (string, bool) { return language, name == "WECHATPAY_LANG" }}
		group := sandboxcmd.Command(a)
		for _, action := range sandbox.ControlActions() {
			path := strings.TrimPrefix(action.Path, "/_sandbox/v1/")
			if name := friendly[path]; name != "" {
				path = name
			}
			found, rest, err := group.Find(strings.Split(path, "/"))
			if assert.NoError(t, err) && assert.Empty(t, rest, path) {
				assert.NotEmpty(t, found.Short, path)
			}
		}
		walk(group, func(c *cobra.Command) {
			han := strings.ContainsFunc(c.Short, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 })
			assert.Equal(t, language == "zh", han, "%s: %s", c.CommandPath(), c.Short)
		})
	}
}

func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, below := range slices.Clone(c.Commands()) {
		walk(below, visit)
	}
}
