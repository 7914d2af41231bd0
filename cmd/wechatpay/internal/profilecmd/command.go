// Package profilecmd has the commands for profiles: add, use, list, show and remove.
package profilecmd

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// Command returns the group of commands.
func Command(a *app.App) *cobra.Command {
	group := &cobra.Command{
		Use:   "profile",
		Short: a.T("Keep merchants under names", "保存商户配置"),
		Long: a.T(`Keep merchants under names, in $XDG_CONFIG_HOME/wechatpay/config.toml or ~/.config/wechatpay/config.toml.

A profile has ids and the paths of key files, never a key. The same values are taken from the
environment: WECHATPAY_MCHID, WECHATPAY_PRIVATE_KEY_FILE and so on. Those of a profile that is named,
by --profile or WECHATPAY_PROFILE, go first; those of "profile use" come after the environment's.
Values of two merchants are never mixed. A file "-" is stdin.`,
			`保存商户配置，位置为 $XDG_CONFIG_HOME/wechatpay/config.toml 或 ~/.config/wechatpay/config.toml。

配置里只有编号和密钥文件的路径，没有密钥。同样的值也可来自环境变量：WECHATPAY_MCHID、WECHATPAY_PRIVATE_KEY_FILE 等。
用 --profile 或 WECHATPAY_PROFILE 指定的配置优先于环境变量，profile use 所选的配置则在环境变量之后。
不同商户的值不会混用。文件写作 - 时从 stdin 读取。`),
	}
	group.AddCommand(add(a), use(a), list(a), show(a), remove(a))
	return group
}

func use(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:               "use NAME",
		Short:             a.T("Use a profile where none is named", "设为默认配置"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(a),
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := profile.Load(a.Getenv)
			if err != nil {
				return err
			}
			if file, err = file.Use(args[0]); err != nil {
				return err
			}
			return file.Save()
		},
	}
}

func list(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: a.T("List the profiles", "列出所有配置"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := profile.Load(a.Getenv)
			if err != nil {
				return err
			}
			type row struct {
				Name    string       `json:"name"`
				Kind    profile.Kind `json:"kind"`
				MchID   string       `json:"mchid,omitempty"`
				BrandID string       `json:"brand_id,omitempty"`
				Default bool         `json:"default"`
			}
			rows := []row{}
			for _, name := range file.Names() {
				p, err := file.Profile(name)
				if err != nil {
					return err
				}
				rows = append(rows, row{name, p.Kind, p.Values["mchid"], p.Values["brand_id"], name == file.Default})
			}
			if len(rows) == 0 {
				a.Note("%s", a.T("there is no profile; add one: wechatpay profile add NAME", "还没有配置；添加：wechatpay profile add NAME"))
			}
			return a.ResultOf(rows)
		},
	}
}

func show(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:               "show [NAME]",
		Short:             a.T("Show each value and where it came from, without secrets", "显示每个值及其来源，不显示密钥"),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: names(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.Flags.Profile = args[0]
			}
			settings, err := a.Settings(cmd.Context())
			if err != nil {
				return err
			}
			return a.ResultOf(struct {
				Profile string          `json:"profile,omitempty"`
				Kind    profile.Kind    `json:"kind"`
				Values  []profile.Shown `json:"values"`
			}{settings.Profile, settings.Kind, settings.Show()})
		},
	}
}

func remove(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:               "remove NAME",
		Short:             a.T("Remove a profile, and its secrets from the keyring; not its files", "删除配置及其在钥匙串中的密钥，不删除密钥文件"),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: names(a),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := profile.Load(a.Getenv)
			if err != nil {
				return err
			}
			stored, err := file.Profile(args[0])
			if err != nil {
				return err
			}
			if file, err = file.Remove(args[0]); err != nil {
				return err
			}
			if err := profile.Forget(cmd.Context(), args[0], stored); err != nil {
				return err
			}
			return file.Save()
		},
	}
}

// names completes the names of profiles.
func names(a *app.App) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		file, err := profile.Load(a.Getenv)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return file.Names(), cobra.ShellCompDirectiveNoFileComp
	}
}
