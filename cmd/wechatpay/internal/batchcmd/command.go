// Package batchcmd is the command batch: many calls, each business number once, whatever happens
// meanwhile.
package batchcmd

import (
	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/complete"
)

// Command returns batch, with what watches and steers a run below it.
func Command(a *app.App) *cobra.Command {
	b := &command{App: a}
	cmd := &cobra.Command{
		Use:   "batch METHOD PATH",
		Short: a.T("Make many calls, each business number once", "批量调用，每个业务单号只生效一次"),
		Long: a.T(`Make many calls, each business number once, whatever happens meanwhile.

Each line of the input is the body of a call, a JSON object. With --jobs, each line is a job over
METHOD and PATH: {"vars":{…},"query":{…},"body":{…},"encrypt":["auto"],"field":"…"}. A result a line
goes to stdout as it comes.

The state, a folder or a NATS cluster, knows what became of each number. After an interruption,
run the same command with the same input and state: what is finished is printed again, with
"resumed":true, and what is not known is asked for before it is sent. Never delete the state before all is
done.

Outcomes: done · refused · unknown (it may have taken effect, and no query tells) · stuck (asked
and sent as often as is sensible) · invalid (the line is wrong; nothing was sent for it).

Exit codes: 0 all done · 1 some refused or invalid · 2 wrong use, or no line is a job: nothing was
sent · 3 some unknown or stuck, or the state failed: run again · 130 interrupted, after what was in flight has finished.`,
			`批量调用，无论中途发生什么，每个业务单号只生效一次。

输入每行是一次调用的请求体（JSON 对象）。加 --jobs 时每行是基于 METHOD 和 PATH 的任务：
{"vars":{…},"query":{…},"body":{…},"encrypt":["auto"],"field":"…"}。每行一个结果，随时输出到 stdout。

状态（文件夹或 NATS 集群）记录每个单号的结果。中断后用同样的输入和状态再次运行即可：已完成的
会再次输出并带 "resumed":true，不确定的先查询再发送。全部完成之前不要删除状态。

结果：done 成功 · refused 被拒绝 · unknown 可能已生效且无法查询 · stuck 查询和发送次数已用完 ·
invalid 该行有误，未发送。

退出码：0 全部成功 · 1 部分被拒绝或有误 · 2 用法有误或没有一行可用，未发送任何请求 ·
3 部分结果未知，或状态读写失败，请再次运行 · 130 被中断，进行中的调用已结束。`),
		Example: `  wechatpay batch post v3/refund/domestic/refunds --state refunds.state <refunds.ndjson >report.ndjson`,
		Args:    args.Exactly("METHOD", "PATH"),
		RunE:    func(cmd *cobra.Command, given []string) error { return b.run(cmd, given[0], given[1]) },
	}
	b.place.register(a, cmd.Flags(), true)
	b.flags.register(a, cmd.Flags())
	cmd.ValidArgsFunction = complete.Endpoint
	cmd.AddCommand(worker(a), list(a), status(a))
	cmd.AddCommand(steering(a)...)
	return cmd
}

// A command is one run of batch.
type command struct {
	*app.App
	flags flags
	place place
}
