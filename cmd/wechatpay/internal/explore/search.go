package explore

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/table"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// A hit is an endpoint in the JSON of search.
type hit struct {
	Method string   `json:"method"`
	Path   string   `json:"path"`
	Title  string   `json:"title"`
	Status []string `json:"status,omitempty"`
	Docs   []string `json:"docs,omitempty"`
}

func search(a *app.App) *cobra.Command {
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "search TEXT…",
		Short: a.T("Find endpoints by words of their title or path", "按标题或路径查找接口"),
		Long: a.T("Find the endpoints whose title, path, method or page has every word. The likeliest come first: current ones of API v3 for merchants in mainland China.",
			"查找标题、路径、方法或文档地址包含全部关键词的接口。最可能的排在最前：境内直连商户的现行 APIv3 接口。"),
		Example: "  wechatpay search 退款\n  wechatpay search 小程序下单\n  wechatpay search POST refunds --json",
		Args: func(_ *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, "")) == "" {
				return failure.Usagef("search: give words to look for, such as: wechatpay search 退款")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, args []string) error {
			if limit < 0 {
				return failure.Usagef("--limit is %d; it must be 0, for all, or more", limit)
			}
			text := strings.Join(args, " ")
			found := openapi.Search(text)
			if len(found) == 0 {
				return errors.New("no endpoint has all of these words; try fewer, or others")
			}
			shown := found
			if limit > 0 && len(found) > limit {
				shown = found[:limit]
			}
			if err := writeHits(a, shown, asJSON); err != nil {
				return err
			}
			if len(shown) < len(found) {
				a.Note(a.T("%d more; --limit 0 shows all", "还有 %d 个，--limit 0 显示全部"), len(found)-len(shown))
			}
			return nil
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 20, a.T("show at most `N`; 0 for all", "最多显示 `N` 个，0 为全部"))
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as a JSON list", "输出 JSON 列表"))
	return cmd
}

func writeHits(a *app.App, found []catalogue.Endpoint, asJSON bool) error {
	if asJSON {
		hits := make([]hit, len(found))
		for i, e := range found {
			hits[i] = hit{e.Method, e.Route(), e.Title, e.Status, e.Docs}
		}
		return a.ResultOf(hits)
	}
	rows := make([][]string, len(found))
	for i, e := range found {
		rows[i] = append([]string{e.Method, e.Route(), e.Title}, e.Status...)
	}
	return table.Write(a.Out, rows)
}
