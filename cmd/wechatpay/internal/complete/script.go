package complete

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Command writes the completion script of a shell.
func Command(a *app.App) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: a.T("Write a completion script for a shell", "生成命令行补全脚本"),
		Long: a.T("Write a script that makes Tab complete commands, paths, flags, fields and their values.",
			"生成补全脚本：按 Tab 补全命令、路径、参数、字段及其取值。"),
		Example: `  source <(wechatpay completion bash)                              # ~/.bashrc
  autoload -U compinit; compinit; source <(wechatpay completion zsh) # ~/.zshrc
  wechatpay completion fish >~/.config/fish/completions/wechatpay.fish
  wechatpay completion powershell | Out-String | Invoke-Expression # $PROFILE`,
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return failure.Usagef("completion: name one shell: %s", strings.Join(shells, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "bash":
				return bash(root, a)
			case "zsh":
				return root.GenZshCompletion(a.Out)
			case "fish":
				return root.GenFishCompletion(a.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Out)
			}
			return failure.Usagef("completion: there is no script for %q; name one of %s", args[0], strings.Join(shells, ", "))
		},
	}
}

// words is what cobra's script calls to divide the line. It is of the package
// bash-completion, which a server or a Mac may not have.
const words = `    _get_comp_words_by_ref "$@" cur prev words cword
`

// ownWords divides the line where there is no bash-completion: at spaces alone.
const ownWords = `    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"${line//\\/\\\\}"
    if [[ $line == *[[:space:]] ]]; then
        words+=("")
    fi
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword > 0 ? cword - 1 : 0]}
`

func bash(root *cobra.Command, a *app.App) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	_, err := strings.NewReplacer(words, ownWords).WriteString(a.Out, script.String())
	return err
}

// Plain takes the marks of the placeholders out of the texts of all flags, which a shell would
// show as they are.
func Plain(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	cmd.Flags().VisitAll(plain)
	cmd.PersistentFlags().VisitAll(plain)
	for _, below := range cmd.Commands() {
		Plain(below)
	}
}

// Attach completes the arguments of a command that calls PATH with a method, and its flags
// field, typed-field, query and var.
func Attach(a *app.App, cmd *cobra.Command, method string) {
	cmd.ValidArgsFunction = Path(method)
	AttachFlags(a, cmd, Method(method))
}

// AttachFlags completes the flags field, typed-field, query and var of a command.
func AttachFlags(a *app.App, cmd *cobra.Command, call Call) {
	for name, place := range map[string]Place{"field": Body, "typed-field": Body, "query": Query, "var": Vars} {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		if err := cmd.RegisterFlagCompletionFunc(name, Fields(a, call, place)); err != nil {
			panic("complete: " + err.Error()) // a flag is completed twice
		}
	}
}
