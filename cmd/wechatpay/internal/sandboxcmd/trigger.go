package sandboxcmd

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/input"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// trigger sends a notification with a sample of what is documented, or with a resource.
func (s *stage) trigger() *cobra.Command {
	var (
		fields   []string
		resource string
		brand    bool
	)
	cmd := &cobra.Command{
		Use:   "trigger EVENT [URL]",
		Short: s.T("Send a notification, signed and encrypted, to a URL of this machine", "向本机的 URL 发送一条已签名并加密的通知"),
		Long: s.T(`Send a notification such as TRANSACTION.SUCCESS to a URL of this machine, signed and encrypted as
WeChat Pay does, once. Its resource is a sample of what is documented, in which the fields given by -f
stand. Without a URL it goes to that of `+"`sandbox serve --notify-url`"+`. The sandbox pays no order by it:
that does `+"`sandbox pay`"+`, which sends the order's own notification.

`, `向本机的 URL 发送一条通知（如 TRANSACTION.SUCCESS），签名与加密同微信支付，只发一次。内容由文档字段生成，
-f 给出的字段取所给的值。未给出 URL 时发往 sandbox serve --notify-url 的地址。它不会支付订单：支付请用 sandbox pay。

`) + s.listEvents(),
		Example: "  wechatpay sandbox trigger TRANSACTION.SUCCESS http://127.0.0.1:8080/notify -f out_trade_no=123 -f amount.total=100",
		Args:    args.Between(1, "EVENT", "URL"),
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeEvents(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, given []string) error {
			params := map[string]any{"event_type": given[0]}
			if len(given) > 1 {
				if err := checkURL(given[1]); err != nil {
					return err
				}
				params["url"] = given[1]
			}
			if brand {
				params["to_brand"] = true
			}
			if err := s.content(params, given[0], fields, resource); err != nil {
				return err
			}
			return s.deliver(cmd.Context(), params)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&fields, "field", "f", nil, s.T("a field of the resource, such as amount.total=100; may be repeated", "资源中的字段，如 amount.total=100，可重复"))
	flags.StringVar(&resource, "resource", "", s.T("a file with the whole resource as JSON; - is stdin", "包含整个资源（JSON）的文件，- 为标准输入"))
	flags.BoolVar(&brand, "brand", false, s.T("to the brand, not to the merchant", "发给品牌，而不是商户"))
	return cmd
}

// content sets the resource, or the values of a sample.
func (s *stage) content(params map[string]any, event string, fields []string, file string) error {
	if file != "" {
		if len(fields) > 0 {
			return failure.Usagef("--resource and -f are mutually exclusive; write the field into the resource")
		}
		data, err := input.Read(s.App, file)
		if err != nil {
			return err
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil || object == nil {
			return failure.Usagef("%s: the resource must be a JSON object", file)
		}
		params["resource"] = json.RawMessage(data)
		return nil
	}
	if known := events(); !slices.Contains(known, event) {
		return failure.Usagef("the event %q is not documented%s; give its resource with --resource", event, similar(event, known))
	}
	values := map[string]any{}
	for _, field := range fields {
		name, value, err := args.Pair(field)
		switch {
		case err != nil:
			return failure.Usagef("-f: %w", err)
		case !set(values, name, value):
			return failure.Usagef("-f %q: write it as name=value or object.name=value, each once", name)
		}
		if err := checkField(event, name, value); err != nil {
			return err
		}
	}
	if len(values) > 0 {
		params["values"] = values
	}
	return nil
}

// set sets a value at a dotted path. It returns false for a path with an empty name, or through a
// value that is no object.
func set(object map[string]any, path, value string) bool {
	name, rest, deeper := strings.Cut(path, ".")
	if name == "" {
		return false
	}
	if !deeper {
		_, there := object[name]
		object[name] = value
		return !there
	}
	inner, isObject := object[name].(map[string]any)
	if !isObject {
		if object[name] != nil {
			return false
		}
		inner = map[string]any{}
		object[name] = inner
	}
	return set(inner, rest, value)
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return failure.Usagef("%q is not the URL of a server; write it as http://127.0.0.1:8080/notify", text)
	}
	return nil
}

func events() []string {
	all := catalogue.Events()
	types := make([]string, len(all))
	for i, e := range all {
		types[i] = e.Type
	}
	return types
}

func completeEvents() []string {
	all := catalogue.Events()
	list := make([]string, len(all))
	for i, e := range all {
		list[i] = e.Type + "\t" + e.Title
	}
	return list
}

// listEvents is a list for the help.
func (s *stage) listEvents() string {
	var b strings.Builder
	b.WriteString(s.T("Events:\n", "事件：\n"))
	for _, e := range catalogue.Events() {
		b.WriteString("  " + e.Type + "  " + e.Title + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// similar returns the events that have all words of a misspelt one, or begin as it does.
func similar(event string, known []string) string {
	event = strings.ToUpper(event)
	var found []string
	for _, k := range known {
		if strings.Contains(k, event) || strings.ReplaceAll(strings.ReplaceAll(k, ".", ""), "_", "") == strings.NewReplacer(".", "", "_", "", "-", "").Replace(event) {
			found = append(found, k)
		}
	}
	if len(found) == 0 || len(found) > 4 {
		return ", see --help for those that are"
	}
	return "; did you mean " + strings.Join(found, " or ") + "?"
}
