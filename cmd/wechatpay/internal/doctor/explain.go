package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/explain"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/input"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/saved"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

func explainCommand(a *app.App) *cobra.Command {
	var (
		asJSON bool
		path   string
	)
	cmd := &cobra.Command{
		Use:   "explain [CODE|NUMBER|FILE]",
		Short: a.T("Explain an error reply, a code, or a saved request: cause and fix", "解释错误应答、错误码或保存的请求：原因与解决办法"),
		Long: a.T(`Explain an error: its code, its request id or the number behind its last hyphen, by which WeChat Pay's
manuals go, or a FILE with the reply, as JSON, XML, saved HTTP or a line of a log; - or nothing is stdin.

A saved request is examined: its Authorization header is compared with the credentials of the profile,
and where the signature is wrong, with what clients sign by mistake.`,
			`解释一个错误：错误码、请求 ID 或其最后一个连字符后的数字（微信支付排障手册以此为索引），或保存应答的
文件 FILE（JSON、XML、HTTP 原文或一行日志）；- 或不写表示标准输入。

对保存的请求：将 Authorization 与配置中的凭据核对；签名有误时，找出常见的错误签法。`),
		Example: "  wechatpay doctor explain SIGN_ERROR\n  wechatpay doctor explain 268445527\n  wechatpay doctor explain reply.txt\n  wechatpay post v3/… --json-errors 2>&1 | wechatpay doctor explain",
		Args:    args.UpTo("FILE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			problem, request, err := understand(a, given)
			switch {
			case err != nil:
				return err
			case request != nil:
				return examine(cmd.Context(), a, request, asJSON)
			}
			if path != "" {
				problem.Path = strings.TrimPrefix(path, "/")
			}
			return tellCauses(a, problem, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as one JSON object", "以一个 JSON 对象输出"))
	cmd.Flags().StringVar(&path, "path", "", a.T("the path that was called, such as v3/pay/transactions/jsapi", "所调用的路径，如 v3/pay/transactions/jsapi"))
	return cmd
}

// understand returns a problem, or a saved request.
func understand(a *app.App, given []string) (problem explain.Problem, request *saved.Message, err error) {
	name := "-"
	if len(given) == 1 {
		name = given[0]
		if _, err := os.Stat(name); err != nil && name != "-" {
			if problem, ok := explain.Word(name); ok {
				return problem, nil, nil
			}
			if strings.ContainsAny(name, " {<") { // the error itself, in place of a file
				return explain.Body([]byte(name)), nil, nil
			}
		}
	}
	data, err := input.Read(a, name)
	if err != nil {
		return problem, nil, err
	}
	if word, ok := explain.Word(string(bytes.TrimSpace(data))); ok {
		return word, nil, nil
	}
	message, err := saved.Parse(data)
	switch {
	case err != nil || message.Status == 0 && message.Method == "" && len(message.Header) < 2: // a text with a colon is no header
		problem = explain.Body(data)
	case message.Status == 0 && (message.Method != "" || message.Header.Get("Authorization") != ""):
		return problem, message, nil
	default:
		problem = explain.Reply(message.Status, message.Header, message.Body)
	}
	if problem.Code == "" && problem.Number == "" && len(explain.Causes(problem)) == 0 {
		return problem, nil, failure.Usagef("%s: there is no error in it; give an error reply, a code such as SIGN_ERROR, a request id, or a saved request", name)
	}
	return problem, nil, nil
}

// A cause is what `doctor explain --json` says of one.
type cause struct {
	Cause  string `json:"cause"`
	Fix    string `json:"fix"`
	Source string `json:"source"`
}

// tellCauses writes what was understood, and the causes.
func tellCauses(a *app.App, p explain.Problem, asJSON bool) error {
	facts := explain.Causes(p)
	causes := make([]cause, len(facts))
	for i, f := range facts {
		causes[i] = cause{a.T(f.Cause, f.CauseChinese), a.T(f.Fix, f.FixChinese), f.Source}
	}
	unknown := errors.New("nothing is known about it; ask WeChat Pay's support with its request id")
	if p.Status == http.StatusNotFound || p.Code == "NOT_FOUND" {
		for _, method := range complete.Methods {
			if hint := openapi.Suggest(method, p.Path); p.Path != "" && hint != "" {
				unknown = fmt.Errorf("no such path is documented; %s", hint)
				break
			}
		}
	}
	if asJSON {
		data, err := json.Marshal(struct {
			Problem explain.Problem `json:"problem"`
			Causes  []cause         `json:"causes"`
		}{p, causes})
		if err != nil {
			return err
		}
		if err := a.Result(data); err != nil {
			return err
		}
	} else {
		var b strings.Builder
		fmt.Fprintln(&b, headline(a, p))
		for _, c := range causes {
			fmt.Fprintf(&b, "• %s → %s\n", c.Cause, c.Fix)
		}
		if _, err := a.Out.Write([]byte(b.String())); err != nil {
			return err
		}
	}
	if len(causes) == 0 {
		return unknown
	}
	return nil
}

// headline is what was understood, in one line.
func headline(a *app.App, p explain.Problem) string {
	var parts []string
	add := func(text, value string) {
		if value != "" {
			parts = append(parts, oneline.Of(fmt.Sprintf(text, value)))
		}
	}
	if p.Status != 0 {
		add("%s", fmt.Sprint(p.Status))
	}
	add("%s", p.Code)
	add(a.T("number %s", "编号 %s"), p.Number)
	add("%s", p.Path)
	add(a.T("field %s", "字段 %s"), p.Field)
	add("%s", p.Issue)
	return strings.Join(parts, ", ")
}

// examine examines a saved request, with the credentials of the profile if there are any.
func examine(ctx context.Context, a *app.App, request *saved.Message, asJSON bool) error {
	settings, err := a.Settings(ctx)
	if err != nil {
		settings = &profile.Settings{}
	}
	p := &patient{App: a, settings: settings}
	p.examine(ctx, request)
	return p.tell(asJSON)
}
