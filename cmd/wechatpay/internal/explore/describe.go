package explore

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/table"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue/labels"
)

func describe(a *app.App) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "describe [METHOD] PATH",
		Short: a.T("Show the fields of an endpoint", "查看接口的字段"),
		Long: a.T("Show what is documented of an endpoint: its fields with their Chinese names, types and values, which of them are required or encrypted, and its official page.",
			"查看接口文档：字段的中文名、类型、取值、是否必填、是否加密，以及官方文档地址。"),
		Example:           "  wechatpay describe POST v3/pay/transactions/jsapi\n  wechatpay describe v3/refund/domestic/refunds\n  wechatpay describe POST v2/pay/micropay --json",
		Args:              oneEndpoint,
		ValidArgsFunction: complete.Endpoint,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := endpointOf(cmd, args)
			if err != nil {
				return err
			}
			if asJSON {
				return a.ResultOf(describedOf(e))
			}
			return writeDescription(a, e)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("as JSON", "输出 JSON"))
	return cmd
}

// A section is the fields of one place.
type section struct {
	key, english, chinese string
	fields                catalogue.Fields
	names                 labels.Names
}

func sectionsOf(e catalogue.Endpoint) []section {
	l := labels.Of(e)
	return []section{
		{"vars", "Variables of the path", "路径变量", e.Vars, l.Vars},
		{"query", "Query", "查询参数", e.Query, l.Query},
		{"header", "Headers", "请求头", e.Header, l.Header},
		{"json", "Body, JSON", "请求体 JSON", e.JSON, l.JSON},
		{"xml", "Body, XML", "请求体 XML", e.XML, l.XML},
		{"body", "Body, parts of an upload", "请求体 上传表单", e.Body, l.Body},
		{"reply", "Reply", "应答", e.Reply, l.Reply},
	}
}

func writeDescription(a *app.App, e catalogue.Endpoint) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n%s\n", e.Method, e.Route(), e.Title)
	pages := mainPages(e.Docs)
	for _, page := range pages {
		fmt.Fprintln(&b, page)
	}
	if more := len(e.Docs) - len(pages); more > 0 {
		fmt.Fprintf(&b, a.T("more pages, shown by --json: %d\n", "另有 %d 个文档页面：--json\n"), more)
	}
	for _, line := range facts(a, e) {
		fmt.Fprintln(&b, line)
	}
	for _, s := range sectionsOf(e) {
		if len(s.fields) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", a.T(s.english, s.chinese))
		if err := table.Write(&b, rowsOf(a, s.fields, s.names, "", "  ", e.Version == 2 && s.key != "reply")); err != nil {
			return err
		}
	}
	_, err := a.Out.Write(b.Bytes())
	return err
}

// mainPages are the first page of all, and the first one for partners.
func mainPages(pages []string) []string {
	if len(pages) < 2 {
		return pages
	}
	for _, page := range pages[1:] {
		if strings.Contains(page, "/partner/") && !strings.Contains(pages[0], "/partner/") {
			return []string{pages[0], page}
		}
	}
	return pages[:1]
}

// facts are what an endpoint asks for beyond its fields.
func facts(a *app.App, e catalogue.Endpoint) []string {
	var list []string
	add := func(applies bool, text string) {
		if applies {
			list = append(list, text)
		}
	}
	add(len(e.Status) > 0, a.T("status: ", "状态：")+strings.Join(e.Status, ", "))
	add(e.Base != "", a.T("base URL: ", "域名：")+e.Base)
	add(e.Kind == "redirect-url", a.T("an address to open in a browser, not a call", "供浏览器打开的地址，不是接口调用"))
	add(e.Features.WechatpaySerial, a.T("the request names the encrypting key in Wechatpay-Serial", "请求头 Wechatpay-Serial 声明加密所用的公钥或证书"))
	add(e.Features.IdempotencyKey, a.T("takes the header Idempotency-Key", "支持请求头 Idempotency-Key"))
	add(e.Features.Multipart != nil, a.T("an upload: wechatpay upload FILE --as ", "上传文件：wechatpay upload 文件 --as ")+e.Route())
	add(e.Features.Sink, a.T("a file comes back", "应答为文件"))
	add(e.Features.MutualTLS, a.T("asks for the merchant's certificate", "需要商户证书"))
	add(e.Features.SignType != "", a.T("is signed with ", "签名类型：")+e.Features.SignType)
	return list
}

// rowsOf has a row for each field, those of an object below it.
func rowsOf(a *app.App, fields catalogue.Fields, names labels.Names, path, indent string, filled bool) [][]string {
	rows := make([][]string, 0, len(fields))
	for _, f := range fields {
		kind := f.Type
		if f.Text {
			kind = a.T("JSON text "+f.Holds, "JSON 字符串 "+f.Holds)
		}
		marks := ""
		switch {
		case filled && catalogue.Filled(f.Name):
			marks = a.T("filled in", "自动填写")
		case f.Required:
			marks = a.T("required", "必填")
		}
		if f.Encrypted {
			marks = strings.TrimSpace(marks + a.T(" encrypted", " 加密"))
		}
		name := names[path+f.Name]
		if len(f.Enum) > 0 {
			name = strings.TrimSpace(name + "  = " + strings.Join(f.Enum, " | "))
		}
		rows = append(rows, []string{indent + f.Name, kind, marks, name})
		rows = append(rows, rowsOf(a, f.Fields, names, path+f.Name+lists(f)+".", indent+"  ", false)...)
	}
	return rows
}

// heldType is the type of what a JSON text holds, or "" for what is none.
func heldType(f catalogue.Field) string {
	if !f.Text {
		return ""
	}
	return cmp.Or(f.Holds, "any")
}

// lists are the brackets of a field's type, which its path has too.
func lists(f catalogue.Field) string {
	if held, ok := f.Held(); ok {
		f = held
	}
	return f.Type[len(strings.TrimRight(f.Type, "[]")):]
}

// A described is an endpoint in the JSON of describe.
type described struct {
	hit
	Version  int                         `json:"version"`
	Base     string                      `json:"base,omitempty"`
	Kind     string                      `json:"kind,omitempty"`
	Features *catalogue.Features         `json:"features,omitempty"`
	Fields   map[string][]describedField `json:"fields"`
}

type describedField struct {
	Name      string           `json:"name"`
	Label     string           `json:"label,omitempty"`
	Type      string           `json:"type"`
	Required  bool             `json:"required,omitempty"`
	Enum      []string         `json:"enum,omitempty"`
	Encrypted bool             `json:"encrypted,omitempty"`
	Text      string           `json:"json_text,omitempty"` // the type of what a string holds as JSON; any, if it is not documented
	Fields    []describedField `json:"fields,omitempty"`
}

func describedOf(e catalogue.Endpoint) described {
	d := described{
		hit:     hit{e.Method, e.Route(), e.Title, e.Status, e.Docs},
		Version: e.Version, Base: e.Base, Kind: e.Kind, Fields: map[string][]describedField{},
	}
	if !reflect.ValueOf(e.Features).IsZero() {
		d.Features = &e.Features
	}
	for _, s := range sectionsOf(e) {
		if len(s.fields) > 0 {
			d.Fields[s.key] = describedFields(s.fields, s.names, "")
		}
	}
	return d
}

func describedFields(fields catalogue.Fields, names labels.Names, path string) []describedField {
	list := make([]describedField, len(fields))
	for i, f := range fields {
		list[i] = describedField{
			Name: f.Name, Label: names[path+f.Name], Type: f.Type, Required: f.Required, Enum: f.Enum, Encrypted: f.Encrypted, Text: heldType(f),
			Fields: describedFields(f.Fields, names, path+f.Name+lists(f)+"."),
		}
	}
	return list
}
