package cli

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// exitCodes is a topic of the help.
func exitCodes(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: a.T("What the exit codes mean", "退出码的含义"),
		Long: a.T(`Exit codes. A script acts upon them; none changes its meaning.

    0  done
    1  refused by WeChat Pay, or a check that found something
    2  wrong use, or an invalid call: nothing was sent
    3  the outcome is unknown: it may have taken effect, so query before you repeat it
    4  the reply of a query could not be verified
    5  certainly without effect: it was not sent, or a query was not answered;
       that query tells nothing about the call that it asked about
    6  a call that takes effect was not confirmed: nothing was sent
  130  interrupted, certainly without effect; of a batch, what was in flight has finished`,
			`退出码供脚本判断，含义不会改变。

    0  成功
    1  被微信支付拒绝，或检查发现了问题
    2  用法或参数有误：未发送任何请求
    3  结果未知：可能已生效，重试前请先查询
    4  查询的应答验签失败
    5  确定未生效：请求未发出，或查询没有得到应答；
       被查询的那笔调用结果如何，仍不知道
    6  需要确认的调用未被确认：未发送任何请求
  130  被中断，确定未生效；批量任务中，进行中的调用已结束`),
	}
}
