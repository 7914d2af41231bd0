package call

import (
	"net/http"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// long is the help of a method.
func long(a *app.App, method string) string {
	text := a.T(`Call `+method+` PATH, and print the reply.

The path is that of the documentation, without a leading slash: v3/…, or v2/… for APIv2.
Its {variables} are filled in, or given by --var. The reply is verified before it is printed.`,
		`调用 `+method+` PATH，并输出应答。

路径与官方文档一致，不带开头的斜杠：v3/…，APIv2 为 v2/…。路径中的 {变量} 可直接填写，
或用 --var 给出。应答验签通过后才会输出。`)
	if method != http.MethodGet {
		text += a.T(`

Fields of the body are given by -f, with a dot before each inner name or index of a list:

  -f out_trade_no=1217752501201407033233368018 -f amount.total=100 -f goods.0.price=1

Each has the type that is documented for it: out_trade_no stays text, amount.total is a number.
A field that is not documented is text by -f, and by -F true, false, null, a whole number or
text; -F name=@FILE and -F name=@- read the value from a file or from standard input.

A call that takes effect in production is confirmed first; --dry-run shows it and sends nothing.`,
			`

请求体的字段用 -f 给出，内层字段名和列表下标前加点：

  -f out_trade_no=1217752501201407033233368018 -f amount.total=100 -f goods.0.price=1

字段类型以文档为准：out_trade_no 始终是字符串，amount.total 是数字。文档之外的字段，-f 为字符串；
-F 识别 true、false、null 和整数，其余为字符串；-F 名称=@文件、-F 名称=@- 从文件或标准输入读取。

在生产环境会生效的调用，发送前需要确认；--dry-run 只展示，不发送。`)
	}
	return text
}

func examples(a *app.App, method string) string {
	switch method {
	case http.MethodGet:
		return `  wechatpay get v3/certificates --sandbox
  wechatpay get v3/pay/transactions/out-trade-no/1217752501201407033233368018 -q mchid=1900000109 --jq .trade_state
  wechatpay get v3/merchant-service/complaints-v2 -q begin_date=2026-11-01 -q end_date=2026-11-30 --paginate --jq '.data[].complaint_id'
  wechatpay get v3/bill/tradebill -q bill_date=2026-11-23 -q tar_type=GZIP -o trade.csv`
	case http.MethodPost:
		return `  wechatpay post v3/pay/transactions/native --sandbox --jq .code_url \
    -f appid=wxd678efh567hg6787 -f mchid=1900000109 -f description=Tea -f amount.total=100 \
    -f out_trade_no=1217752501201407033233368018 -f notify_url=https://example.com/pay
  wechatpay post v3/refund/domestic/refunds --sandbox -f out_trade_no=1217752501201407033233368018 \
    -f out_refund_no=refund-1 -f amount.refund=100 -f amount.total=100 -f amount.currency=CNY
  wechatpay skeleton POST v3/pay/transactions/jsapi >order.json
  wechatpay post v3/pay/transactions/jsapi --input order.json -f out_trade_no=order-2 --dry-run
  wechatpay post v2/pay/micropay --input order.xml`
	}
	return a.T(`  wechatpay search WORD   finds the endpoints that take `, `  wechatpay search 关键词   查找支持该方法的接口：`) + method
}
