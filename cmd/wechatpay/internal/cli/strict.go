package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// strict makes every error that cobra finds before a command runs a failure.UsageError: wrong
// flags, missing or unknown arguments, unknown commands. Of itself, cobra shows the help of a
// group for an unknown command below it, and succeeds.
func strict(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(wrongUse)
	switch {
	case cmd.HasSubCommands() && !cmd.Runnable():
		cmd.Args = oneBelow
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	case cmd.Args != nil:
		check := cmd.Args
		cmd.Args = func(cmd *cobra.Command, args []string) error { return wrongUse(cmd, check(cmd, args)) }
	}
	if cmd.Args != nil && cmd.Runnable() {
		requireBefore(cmd)
	}
	for _, below := range cmd.Commands() {
		strict(below)
	}
}

// requireBefore checks what cobra checks after the arguments, so that its errors are those of
// wrong use.
func requireBefore(cmd *cobra.Command) {
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return err
		}
		return wrongUse(cmd, errors.Join(cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups()))
	}
}

// oneBelow refuses the name of a command that is not below cmd.
func oneBelow(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %.40q for %q", args[0], cmd.CommandPath())
	return wrongUse(cmd, errors.New(text+meant(cmd, args[0])))
}

func wrongUse(cmd *cobra.Command, err error) error {
	var usage *failure.UsageError
	if err == nil || errors.As(err, &usage) || errors.Is(err, context.Canceled) {
		return err
	}
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	if !strings.HasSuffix(text, "?") {
		text += ";"
	}
	return failure.Usagef("%s see %s --help", text, cmd.CommandPath())
}
