package cli

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

var (
	// flagLine is a line of the help about a flag: what is typed, three spaces or more, and the text.
	flagLine = regexp.MustCompile(`^( +-\S.*?) {3,}(\S.*)$`)
	// placeholder is what stands for a value whose flag names none: its type in Go.
	placeholder = regexp.MustCompile(`^( .*--[a-z0-9-]+ )(string|strings|stringArray|int|float|duration)$`)
	preset      = regexp.MustCompile(` \(default (.*)\)$`)
)

// placeholders are the names in place of the types of Go.
var placeholders = map[string][2]string{
	"string": {"TEXT", "文本"}, "strings": {"TEXTS", "文本"}, "stringArray": {"TEXT", "文本"},
	"int": {"N", "整数"}, "float": {"NUMBER", "数字"}, "duration": {"TIME", "时长"},
}

// align writes the flags of every help in columns: of itself, pflag counts bytes, of which a
// Chinese character has three, and it takes two columns.
func align(a *app.App, root *cobra.Command) {
	write := root.UsageFunc()
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		var b bytes.Buffer
		to := cmd.OutOrStderr()
		cmd.SetOut(&b)
		err := write(cmd)
		cmd.SetOut(to)
		if err != nil {
			return err
		}
		_, err = to.Write([]byte(aligned(a, b.String())))
		return err
	})
}

// aligned puts the texts of each block of flags into one column.
func aligned(a *app.App, help string) string {
	lines := strings.Split(strings.ReplaceAll(help, "[flags]", a.T("[flags]", "[选项]")), "\n")
	for begin := 0; begin < len(lines); begin++ {
		end, widest := begin, 0
		var rows [][2]string
		for ; end < len(lines); end++ {
			found := flagLine.FindStringSubmatch(lines[end])
			if found == nil {
				break
			}
			row := [2]string{named(a, found[1]), preset.ReplaceAllString(found[2], a.T(" (default $1)", "（默认 $1）"))}
			rows, widest = append(rows, row), max(widest, width(row[0]))
		}
		for i, row := range rows {
			lines[begin+i] = row[0] + strings.Repeat(" ", widest-width(row[0])+3) + row[1]
		}
		begin = max(begin, end-1)
	}
	return strings.Join(lines, "\n")
}

// named gives the value of a flag a name.
func named(a *app.App, flag string) string {
	found := placeholder.FindStringSubmatch(flag)
	if found == nil {
		return flag
	}
	name := placeholders[found[2]]
	return found[1] + a.T(name[0], name[1])
}

// width is how many columns of a terminal a text takes.
func width(text string) int {
	wide := 0
	for _, c := range text {
		if unicode.Is(unicode.Han, c) || c >= 0xff00 && c <= 0xff60 || c >= 0x3000 && c <= 0x303f {
			wide++
		}
	}
	return utf8.RuneCountInString(text) + wide
}
