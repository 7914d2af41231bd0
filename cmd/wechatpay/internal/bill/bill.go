// Package bill has the commands that download bills, and read their rows.
package bill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

// Command returns the command with those below it.
func Command(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bill",
		Short: a.T("Download bills and read their rows", "下载账单，读取明细"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, k := range kinds {
		cmd.AddCommand(command(a, k))
	}
	return cmd
}

// A kind is a bill.
type kind struct {
	name, path       string
	english, chinese string
	filter           string // the parameter that --type sets
	example          string // of its values
	ofSubMerchants   bool
}

var kinds = []kind{
	{"trade", "v3/bill/tradebill", "the trade bill of a day", "交易账单", "bill_type", "REFUND", true},
	{"fundflow", "v3/bill/fundflowbill", "the fund-flow bill of a day", "资金账单", "account_type", "OPERATION", false},
}

// values are those of --type, as the catalogue has them.
func (k kind) values() []string {
	e, _ := openapi.Lookup("GET", k.path)
	for _, f := range e.Query {
		if f.Name == k.filter {
			return f.Enum
		}
	}
	return nil
}

// options are the flags of one command.
type options struct {
	output, filter, subMchID string
	force, csv, json         bool
}

func command(a *app.App, k kind) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   k.name + " DATE",
		Short: a.T("Download "+k.english, "下载"+k.chinese),
		Long: a.T("Download "+k.english+" (YYYY-MM-DD, or yesterday) to a file, as it is, or write its rows. The digest is verified before anything is written. The bill of a day is there from 10:00 of the next day, China time, for three months.",
			"下载指定日期（YYYY-MM-DD 或 yesterday）的"+k.chinese+"到文件，或输出明细。先校验摘要，再写入。账单在次日北京时间 10 点后生成，可下载三个月内的账单。"),
		Example: "  wechatpay bill " + k.name + " yesterday -o " + k.name + ".csv\n  wechatpay bill " + k.name + " 2026-11-30 --json | jq .",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return failure.Usagef("%s: give one day, such as: %[1]s 2026-11-30 -o bill.csv", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions([]cobra.Completion{"yesterday"}, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), a, k, args[0], o)
		},
	}
	cmd.Flags().StringVarP(&o.output, "output", "o", "", a.T("save the bill to a `FILE`; - is standard output", "把账单保存到`文件`；- 为标准输出"))
	cmd.Flags().BoolVar(&o.force, "force", false, a.T("overwrite the file", "覆盖已有文件"))
	cmd.Flags().BoolVar(&o.csv, "csv", false, a.T("write the rows as CSV, quoted as spreadsheets expect", "输出 CSV 明细，按电子表格的规则加引号"))
	cmd.Flags().BoolVar(&o.json, "json", false, a.T("write the rows as JSON, one object a line", "输出 JSON 明细，每行一个对象"))
	cmd.Flags().StringVar(&o.filter, "type", "", a.T("which rows, a `TYPE` such as ", "账单`类型`，如 ")+k.example)
	_ = cmd.RegisterFlagCompletionFunc("type", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) { // it fails for an unknown flag
		return k.values(), cobra.ShellCompDirectiveNoFileComp
	})
	if k.ofSubMerchants {
		cmd.Flags().StringVar(&o.subMchID, "sub-mchid", "", a.T("of one sub-merchant, by its `ID`", "指定子商户号"))
	}
	return cmd
}

func run(ctx context.Context, a *app.App, k kind, day string, o options) error {
	if err := o.check(a, k); err != nil {
		return err
	}
	settings, err := a.Settings(ctx)
	if err != nil {
		return err
	}
	date, err := dateOf(day, a.Now(), settings.Kind == profile.Sandbox)
	if err != nil {
		return err
	}
	client, err := a.Client(ctx, nil)
	if err != nil {
		return err
	}
	path := o.output
	if path == "" {
		dir, err := os.MkdirTemp("", "wechatpay-bill-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path = filepath.Join(dir, "bill.csv")
	}
	query := wechatpay.M{"bill_date": date, "tar_type": "GZIP"}
	if o.filter != "" {
		query[k.filter] = o.filter
	}
	if o.subMchID != "" {
		query["sub_mchid"] = o.subMchID
	}
	bar := newProgress(a)
	_, err = client.Chain(k.path).Download(ctx, path, &wechatpay.DownloadOptions{Query: query, MaxSize: -1, Progress: bar.show})
	bar.end()
	if err != nil {
		return err
	}
	return o.result(a, path)
}

// check refuses flags before anything is sent.
func (o *options) check(a *app.App, k kind) error {
	o.filter = strings.ToUpper(o.filter)
	switch {
	case o.csv && o.json:
		return failure.Usagef("--csv and --json: use one of them")
	case o.filter != "" && !slices.Contains(k.values(), o.filter):
		return failure.Usagef("--type: there is no %q; use one of %s", o.filter, strings.Join(k.values(), ", "))
	case o.output == "-": // standard output, which a person asks for
		o.output = ""
		return nil
	case o.output == "" && !o.csv && !o.json && a.OutIsTerminal():
		return failure.Usagef("where should it go? -o FILE saves the bill, --csv and --json write its rows")
	case o.output == "":
		return nil
	}
	switch info, err := os.Stat(o.output); {
	case errors.Is(err, fs.ErrNotExist):
		folder := filepath.Dir(o.output)
		if _, err := os.Stat(folder); err != nil {
			return failure.Usagef("-o: the folder %s is not there; create it first", folder)
		}
	case err != nil:
		return failure.Usagef("-o: %w", err)
	case info.IsDir():
		return failure.Usagef("-o: %s is a folder; name a file in it", o.output)
	case !o.force:
		return failure.Usagef("-o: %s is there already; add --force to overwrite it", o.output)
	}
	return nil
}

// dateOf returns the day of a bill. The clock of a sandbox may be ahead, so that it has days
// that have not come yet.
func dateOf(day string, now time.Time, inSandbox bool) (string, error) {
	china := time.FixedZone("CST", 8*60*60)
	year, month, today := now.In(china).Date()
	if day == "yesterday" {
		return time.Date(year, month, today-1, 0, 0, 0, 0, china).Format(time.DateOnly), nil
	}
	date, err := time.ParseInLocation(time.DateOnly, day, china)
	switch {
	case err != nil:
		return "", failure.Usagef("%q is no day; write it as YYYY-MM-DD, or yesterday", day)
	case !inSandbox && !date.Before(time.Date(year, month, today, 0, 0, 0, 0, china)):
		return "", failure.Usagef("%s is not over in China; its bill is there from 10:00 of the next day", day)
	}
	return day, nil
}

// result writes what was asked for, of a bill that is saved.
func (o *options) result(a *app.App, path string) error {
	file, err := os.Open(path) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	switch {
	case o.csv:
		return writeRows(a, file, &csvRows{out: a.Out})
	case o.json:
		return writeRows(a, file, &jsonRows{out: a.Out})
	case o.output == "":
		_, err = io.Copy(a.Out, file)
		return err
	}
	info, err := file.Stat()
	if err == nil {
		a.Note("%s: %s", path, size(info.Size()))
	}
	return err
}

// size is a number of bytes for a person.
func size(bytes int64) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1000_000:
		return fmt.Sprintf("%.1f KB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
