package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// inChinese are the words of cobra's own help.
var inChinese = strings.NewReplacer(
	"Usage:", "用法：",
	"[command] --help", "[命令] --help",
	"[command]", "[命令]",
	"Examples:", "示例：",
	"Available Commands:", "可用命令：",
	"Additional Commands:", "其他命令：",
	"Global Flags:", "全局选项：",
	"Flags:", "选项：",
	"Additional help topics:", "其他帮助主题：",
	`Use "`, "用 “",
	`" for more information about a command.`, "” 查看某个命令的说明。",
)

// speak sets the language of what cobra itself says in the help.
func speak(a *app.App, root *cobra.Command) {
	if chinese := a.T("", "中文"); chinese != "" {
		root.SetUsageTemplate(inChinese.Replace(root.UsageTemplate()))
	}
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			cmd.Use, cmd.Short, cmd.Long = a.T("help [command]", "help [命令]"), a.T("Help about a command", "查看命令的帮助"), ""
			cmd.Run, cmd.RunE = nil, helpOf
		}
	}
	everyCommand(root, func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		if help := cmd.Flags().Lookup("help"); help != nil {
			help.Usage = a.T("help for "+cmd.Name(), "查看帮助")
		}
		cmd.InitDefaultVersionFlag()
		if shown := cmd.Flags().Lookup("version"); shown != nil {
			shown.Usage = a.T("show the version", "显示版本")
		}
	})
}

func everyCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, below := range cmd.Commands() {
		everyCommand(below, f)
	}
}
