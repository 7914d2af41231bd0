// Package cli puts the commands together and runs one.
package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/batchcmd"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/bill"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/call"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cert"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/doctor"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/explore"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profilecmd"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/sandboxcmd"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/sign"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/upload"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/webhook"
)

// Main runs the command that args name, and returns its exit code.
func Main(ctx context.Context, a *app.App, args []string) int {
	a.Until(ctx)
	root := Root(a)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		complete.Plain(root)
	}
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	if closing := a.Close(); err == nil {
		err = closing
	}
	report(a, args, err)
	return failure.Code(err)
}

// Root returns the command with all others below it.
func Root(a *app.App) *cobra.Command {
	root := &cobra.Command{
		Use:   "wechatpay",
		Short: a.T("Call, explore, diagnose and rehearse WeChat Pay", "调用、查找、诊断与演练微信支付"),
		Long: a.T(`Call, explore, diagnose and rehearse WeChat Pay.

Results alone are on stdout; all that is said to a person is on stderr. A call that takes effect
in production is confirmed, or needs --yes. "wechatpay help exit-codes" lists the exit codes.`,
			`调用、查找、诊断与演练微信支付。

stdout 只输出结果，给人看的说明都在 stderr。在生产环境生效的调用需要确认，或加 --yes。
退出码见 wechatpay help exit-codes。`),
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	a.Register(root.PersistentFlags())
	root.CompletionOptions.DisableDefaultCmd = true // complete.Command is in its place
	for _, cmd := range call.Commands(a) {
		complete.Attach(a, cmd, strings.ToUpper(cmd.Name()))
		root.AddCommand(cmd)
	}
	root.AddCommand(explore.Commands(a)...)
	root.AddCommand(cert.Command(a), bill.Command(a), upload.Command(a), sign.Command(a))
	root.AddCommand(batchcmd.Command(a), complete.Command(a))
	root.AddCommand(sandboxcmd.Command(a), doctor.Command(a), webhook.Command(a))
	root.AddCommand(profilecmd.Command(a), versionCommand(a), exitCodes(a))
	root.SetVersionTemplate("wechatpay {{.Version}}\n")
	speak(a, root)
	align(a, root)
	strict(root)
	return root
}
