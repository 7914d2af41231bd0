// Package cli puts the commands together and runs one.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/call"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/doctor"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/sandboxcmd"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/webhook"
)

// Main runs the command that args name, and returns its exit code.
func Main(ctx context.Context, a *app.App, args []string) int {
	root := Root(a)
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	if closing := a.Close(); err == nil {
		err = closing
	}
	report(a, err)
	return failure.Code(err)
}

// Root returns the command with all others below it.
func Root(a *app.App) *cobra.Command {
	root := &cobra.Command{
		Use:           "wechatpay",
		Short:         "Call, explore, diagnose and rehearse WeChat Pay",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.Register(root.PersistentFlags())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &failure.UsageError{Err: err} })
	root.AddCommand(call.Commands(a)...)
	root.AddCommand(sandboxcmd.Command(a), doctor.Command(a), webhook.Command(a))
	return root
}

// report says what went wrong, in one line.
func report(a *app.App, err error) {
	if err == nil {
		return
	}
	if !a.Flags.JSONErrors {
		fmt.Fprintln(a.Err, "wechatpay:", trimmed(err))
		return
	}
	line := map[string]any{"error": trimmed(err), "exit": failure.Code(err), "outcome_unknown": wechatpay.OutcomeUnknown(err)}
	var refused *wechatpay.APIError
	if errors.As(err, &refused) {
		line["status"], line["code"], line["message"] = refused.StatusCode, refused.Code, refused.Message
		line["request_id"], line["verified"] = refused.RequestID, refused.Verified
	}
	data, err := json.Marshal(line)
	if err != nil {
		data = []byte(`{"error":"unprintable"}`)
	}
	fmt.Fprintln(a.Err, string(data))
}
