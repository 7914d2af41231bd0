package call

import (
	"net/http"
	"time"

	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// flags are those of one call, as they were given.
type flags struct {
	fields              []assignment // -f and -F, in their order
	query, vars, header []string
	input               string
	encrypt, decrypt    []string
	out                 string
	force               bool // overwrite out
	include, verbose    bool
	jq, template        string
	paginate            bool
	dryRun, noValidate  bool
	timeout             time.Duration
}

func (f *flags) register(a *app.App, set *pflag.FlagSet, method string) {
	if method != http.MethodGet {
		set.VarP(&assignments{list: &f.fields}, "field", "f", a.T("a field of the body, of its documented type: amount.total=100", "请求体字段，类型以文档为准：amount.total=100"))
		set.VarP(&assignments{list: &f.fields, typed: true}, "typed-field", "F", a.T("the same, but @FILE and @- are read, and what is not documented is true, false, null, a number or text", "同上，但 @文件、@- 会被读取；文档之外的值识别为 true、false、null、整数或字符串"))
		set.StringVar(&f.input, "input", "", a.T("the body: a `FILE` of JSON, or of XML for APIv2; - is standard input; -f changes it", "请求体`文件`：JSON，APIv2 也可为 XML；- 为标准输入；-f 可修改其中字段"))
		set.StringSliceVar(&f.encrypt, "encrypt", nil, a.T("fields to encrypt: auto for those that are documented, or their `PATHS`", "要加密的敏感字段：auto 为文档标注的全部，或字段`路径`"))
	} else {
		set.StringSliceVar(&f.encrypt, "encrypt", nil, a.T("`FIELDS` of the query to encrypt: auto for those that are documented", "查询参数中要加密的敏感`字段`：auto 为文档标注的全部"))
		set.BoolVar(&f.paginate, "paginate", false, a.T("get all pages, as one document", "获取全部分页，合并为一个文档"))
	}
	set.StringArrayVarP(&f.query, "query", "q", nil, a.T("a `NAME=VALUE` of the query; a name may be repeated", "查询参数 `名称=值`，可重复"))
	set.StringArrayVar(&f.vars, "var", nil, a.T("the value of a {variable} of the path: `NAME=VALUE`", "路径中 {变量} 的值：`名称=值`"))
	set.StringArrayVarP(&f.header, "header", "H", nil, a.T("a header of the request: `'Name: value'`", "请求头：`'名称: 值'`"))
	set.StringSliceVar(&f.decrypt, "decrypt", nil, a.T("fields of the reply to decrypt: auto, or their `PATHS`", "应答中要解密的敏感字段：auto，或字段`路径`"))
	set.StringVarP(&f.out, "output", "o", "", a.T("save the reply, or the bill that it names, to a `FILE`, whole or not at all; - is standard output", "把应答或其指向的账单完整保存到`文件`，否则不写入；- 为标准输出"))
	set.BoolVar(&f.force, "force", false, a.T("overwrite the file of -o", "覆盖 -o 的文件"))
	set.BoolVarP(&f.include, "include", "i", false, a.T("print the status and the headers of the reply, too", "同时输出应答的状态和头"))
	set.BoolVarP(&f.verbose, "verbose", "v", false, a.T("tell what is sent, signed, received and verified, with values masked", "显示发送、签名、接收和验签的内容，值已脱敏"))
	set.StringVar(&f.jq, "jq", "", a.T("print what a jq `FILTER` selects from the reply", "用 jq `表达式`筛选应答"))
	set.StringVarP(&f.template, "template", "t", "", a.T("print the reply by a Go `TEMPLATE`, such as '{{.prepay_id}}'", "用 Go `模板`输出应答，如 '{{.prepay_id}}'"))
	set.DurationVar(&f.timeout, "timeout", wechatpay.DefaultTimeout, a.T("give up after this `TIME`, retries included; of a file that is saved, after so long without a byte", "超过此`时长`即放弃，含重试；保存文件时为无数据的时长"))
	set.BoolVar(&f.dryRun, "dry-run", false, a.T("print the request, what is signed and an equivalent curl; send nothing", "只显示请求、签名串和等价的 curl 命令，不发送"))
	set.BoolVar(&f.noValidate, "no-validate", false, a.T("send what does not match the documentation", "不按文档校验，直接发送"))
}
