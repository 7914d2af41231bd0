package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// helpOf writes the help of the command that the arguments name. Of itself, cobra shows that of
// the nearest one for a name that there is not, and succeeds.
func helpOf(cmd *cobra.Command, args []string) error {
	topic := cmd.Root()
	for _, name := range args {
		var below *cobra.Command
		for _, c := range topic.Commands() {
			if c.Name() == name || c.HasAlias(name) {
				below = c
			}
		}
		if below == nil {
			text := "unknown topic"
			if topic != cmd.Root() {
				text = "unknown topic below " + topic.CommandPath()
			}
			return failure.Usagef("%s: %.40q%s", text, name, meant(topic, name))
		}
		topic = below
	}
	return topic.Help()
}

// elsewhere are commands by the names of those below them, which are looked for at the top.
func elsewhere(root *cobra.Command, name string) string {
	for _, group := range root.Commands() {
		for _, c := range group.Commands() {
			if c.Name() == name && c.IsAvailableCommand() {
				return c.CommandPath()
			}
		}
	}
	return ""
}

// meant is a hint of the command below parent that was meant.
func meant(parent *cobra.Command, name string) string {
	if parent == parent.Root() {
		if path := elsewhere(parent, name); path != "" {
			return "; did you mean " + path + "?"
		}
	}
	if parent.SuggestionsMinimumDistance <= 0 {
		parent.SuggestionsMinimumDistance = 2
	}
	if near := parent.SuggestionsFor(name); len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return ""
}
