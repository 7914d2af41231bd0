// Package args checks the arguments of commands. Its errors are failure.UsageErrors that say what
// is missing by its name.
package args

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Exactly returns a check for one argument for each name, such as "NUMBER". None may be empty:
// an unset variable of a shell is.
func Exactly(names ...string) cobra.PositionalArgs { return between(len(names), names) }

// UpTo is Exactly for arguments that may be left out from the end.
func UpTo(names ...string) cobra.PositionalArgs { return between(0, names) }

// Between returns a check for arguments of which the first ones, as many as least, are needed.
func Between(least int, names ...string) cobra.PositionalArgs { return between(least, names) }

func between(least int, names []string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		switch {
		case len(given) < least:
			return failure.Usagef("%s is missing: %s", names[len(given)], cmd.UseLine())
		case len(given) > len(names):
			return failure.Usagef("unexpected argument %q: %s%s", given[len(names)], cmd.UseLine(), quoting(given))
		}
		for i, value := range given {
			if value == "" {
				return failure.Usagef("%s is empty: %s", names[i], cmd.UseLine())
			}
		}
		return nil
	}
}

// quoting is a hint where a text with spaces seems to have lost its quotes.
func quoting(given []string) string {
	if len(given) > 3 {
		return " (quote what has spaces)"
	}
	return ""
}
