package explore

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

// A source is what a snippet is written from.
type source struct {
	catalogue.Endpoint
	body, query, vars node   // a zero node for none
	input             string // the file of the body; "" if the snippet has it
}

// languages write a snippet.
var languages = []struct {
	name  string
	write func(source) (string, error)
}{{"go", goSnippet}, {"php", phpSnippet}, {"curl", curlSnippet}}

func snippet(a *app.App) *cobra.Command {
	var lang, input string
	var all bool
	names := make([]string, len(languages))
	for i, l := range languages {
		names[i] = l.name
	}
	cmd := &cobra.Command{
		Use:   "snippet [METHOD] PATH",
		Short: a.T("Write the call as a program", "生成调用代码"),
		Long: a.T("Write a program that calls an endpoint: in Go with this library, in PHP with the official SDK, or as a curl whose signature comes from --dry-run. The body has the required fields, or is that of --input.",
			"生成调用接口的代码：Go 使用本库，PHP 使用官方 SDK，curl 的签名取自 --dry-run。请求体为必填字段，或 --input 的内容。"),
		Example:           "  wechatpay snippet POST v3/pay/transactions/jsapi\n  wechatpay snippet GET v3/pay/transactions/out-trade-no/{out_trade_no} --lang php\n  wechatpay snippet POST v3/refund/domestic/refunds --lang curl --input refund.json",
		Args:              oneEndpoint,
		ValidArgsFunction: complete.Endpoint,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := endpointOf(cmd, args)
			if err != nil {
				return err
			}
			s, err := sourceOf(a, e, input, all)
			if err != nil {
				return err
			}
			for _, l := range languages {
				if l.name == lang {
					program, err := l.write(s)
					if err != nil {
						return err
					}
					_, err = io.WriteString(a.Out, program)
					return err
				}
			}
			return failure.Usagef("--lang: there is no %q; use one of %s", lang, strings.Join(names, ", "))
		},
	}
	cmd.Flags().StringVarP(&lang, "lang", "l", "go", strings.Join(names, ", "))
	cmd.Flags().BoolVar(&all, "all", false, a.T("all fields, not the required ones alone", "包含全部字段，而非仅必填字段"))
	cmd.Flags().StringVar(&input, "input", "", a.T("a `FILE` with the JSON body; - is standard input", "JSON 请求体`文件`；- 为标准输入"))
	_ = cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)) // it fails for an unknown flag
	return cmd
}

func sourceOf(a *app.App, e catalogue.Endpoint, input string, all bool) (source, error) {
	s := source{Endpoint: e}
	l := labels.Of(e)
	write := form{all: all, texts: e.Version == 2}
	_, names := complete.Body(e, l)
	if fields := bodyOf(e); len(fields) > 0 || input != "" {
		body := write.object(fields)
		if input != "" {
			if len(fields) == 0 {
				return s, failure.Usagef("--input: %s %s takes no body; leave it out", e.Method, e.Route())
			}
			var err error
			if body, err = read(a, input); err != nil {
				return s, err
			}
			if input != "-" {
				s.input = input
			}
		}
		var err error
		if s.body, err = parse(body, fields, names); err != nil || s.body.kind != '{' {
			return s, failure.Usagef("--input: %s is not a JSON object, as a body is: {…}", input)
		}
	}
	query, queryNames := complete.Query(e, l)
	s.query = mustParse(write.object(query), query, queryNames)
	s.vars = mustParse(form{all: true}.object(e.Vars), e.Vars, l.Vars)
	for i := range s.vars.members {
		s.vars.members[i].value = node{kind: '"', text: strings.ToUpper(s.vars.members[i].name)}
	}
	return s, nil
}

// mustParse reads what object has written.
func mustParse(data []byte, fields catalogue.Fields, names labels.Names) node {
	n, err := parse(data, fields, names)
	if err != nil {
		panic("explore: " + err.Error())
	}
	return n
}

func read(a *app.App, name string) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(a.In)
		if err != nil {
			return nil, failure.Usagef("--input: %w", err)
		}
		return data, nil
	}
	data, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, failure.Usagef("--input: %w", err)
	}
	return data, nil
}

// isBill reports whether the reply says where a file can be downloaded, with its digest.
func (s source) isBill() bool {
	hasURL, hasHash := false, false
	for path := range s.Reply.All() {
		hasURL = hasURL || path == "download_url"
		hasHash = hasHash || path == "hash_value"
	}
	return s.Method == http.MethodGet && hasURL && hasHash
}

// decrypts reports whether the reply has encrypted fields.
func (s source) decrypts() bool {
	for _, f := range s.Reply.All() {
		if f.Encrypted {
			return true
		}
	}
	return false
}

func (s source) encrypts() bool { return s.body.hasEncrypted() || s.query.hasEncrypted() }

// heading is the first line of a snippet, behind the sign of a comment.
func (s source) heading(comment string) string {
	lines := []string{fmt.Sprintf("%s %s: %s", s.Method, s.Route(), s.Title)}
	if len(s.Docs) > 0 {
		lines = append(lines, s.Docs[0])
	}
	return comment + strings.Join(lines, "\n"+comment) + "\n"
}
