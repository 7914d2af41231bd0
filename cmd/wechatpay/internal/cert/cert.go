// Package cert has the commands for keys and certificates: download and list those of WeChat
// Pay, inspect any file, print the serial number of a certificate.
//
// No private key is printed, only what it belongs to.
package cert

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// Command returns the command with those below it.
func Command(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cert",
		Short: a.T("Inspect keys and certificates, and download WeChat Pay's", "查看密钥与证书，下载平台证书"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(download(a), list(a), inspect(a), serial(a))
	return cmd
}
