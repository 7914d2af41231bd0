// Package doctor finds out why WeChat Pay says SIGN_ERROR: it looks at the files and the ids, at the
// clock, at the answer to one harmless signed GET, and explains errors.
package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// Command returns doctor, and explain below it.
func Command(a *app.App) *cobra.Command {
	var asJSON, offline bool
	var flags production
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: a.T("Find out what is wrong with the credentials, the clock or the way to WeChat Pay", "检查凭据、时钟以及到微信支付的链路哪里有问题"),
		Long: a.T(`Look at all that a call needs: that every file parses and what it is, that key, certificate, serial
number and merchant belong together, that nothing has expired, that the keys have their length and the
clock is right. Then make one harmless signed GET, and look at what came back.

Each check is one line: ✓ or ✗, what was seen, and what to do; ! is a warning, – was not checked. The exit
code is 0 only if no check failed. No key is ever printed.

--production goes through WeChat Pay's go-live checklist: what a program can see is checked, and the rest
is listed for a person. --notify-url, --source and --order let it see more.`,
			`逐项检查一次调用所需的一切：每个文件能否解析、是什么；私钥、证书、序列号、商户号是否匹配；是否过期；
密钥长度与时钟是否正确。然后发出一个无副作用的已签名 GET，检查应答。

每项一行：✓ 或 ✗、看到了什么、怎么做；! 表示警告，– 表示未检查。全部通过时退出码为 0。不会输出任何密钥。

--production 按微信支付的上线检查清单逐项检查：程序能看到的由程序检查，其余列给人工确认。
--notify-url、--source、--order 可让它看到更多。`),
		Example: "  wechatpay doctor\n  wechatpay doctor --offline --json\n  wechatpay doctor --production --notify-url https://shop.example.com/wechatpay --source .\n  wechatpay doctor explain SIGN_ERROR",
		Args:    args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !flags.on && (flags.order || flags.notifyURL != "" || flags.source != "") {
				return failure.Usagef("--notify-url, --source and --order belong to --production; add it")
			}
			settings, err := a.Settings(cmd.Context())
			if err != nil {
				return err
			}
			p := &patient{App: a, settings: settings}
			p.checkCaller()
			if offline {
				p.offline()
				p.production(flags)
				return p.tell(asJSON)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
			defer cancel()
			transport := wechatpay.NewTransport()
			defer transport.CloseIdleConnections()
			target, reached := p.reach(ctx, transport) // first, since all times go by the server's clock
			p.offline()
			p.production(flags)
			if reached {
				p.online(ctx, transport, target)
			}
			var unconfirmed error
			if flags.on && target != nil {
				unconfirmed = p.productionOnline(ctx, transport, target, flags)
			}
			if err := cmd.Context().Err(); err != nil { // what broke off says nothing of the set-up
				return err
			}
			if err := p.tell(asJSON); err != nil && unconfirmed == nil {
				return err
			}
			return unconfirmed
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, a.T("the report as one JSON object", "以一个 JSON 对象输出报告"))
	cmd.Flags().BoolVar(&offline, "offline", false, a.T("send nothing", "不发送任何请求"))
	cmd.Flags().BoolVar(&flags.on, "production", false, a.T("go through WeChat Pay's go-live checklist, too", "同时按微信支付上线检查清单检查"))
	cmd.Flags().StringVar(&flags.notifyURL, "notify-url", "", a.T("with --production: the `URL` of your webhooks, which gets two with a wrong signature", "配合 --production：回调地址 `URL`，会收到两条签名错误的通知"))
	cmd.Flags().StringVar(&flags.source, "source", "", a.T("with --production: a `FOLDER` of source code, to look for keys in it", "配合 --production：源代码目录 `FOLDER`，检查其中是否有密钥"))
	cmd.Flags().BoolVar(&flags.order, "order", false, a.T("with --production: make an order of 1 fen, and close it", "配合 --production：下一笔 1 分的订单并关闭"))
	cmd.AddCommand(explainCommand(a))
	return cmd
}

// tell writes the report. Its error, after a check that failed, is a plain one.
func (p *patient) tell(asJSON bool) error {
	if asJSON {
		data, err := p.report.json()
		if err != nil {
			return err
		}
		if err := p.Result(data); err != nil {
			return err
		}
	} else if err := p.report.text(p.Out); err != nil {
		return err
	}
	if n := p.report.failed(); n > 0 {
		return fmt.Errorf("%d of %d checks failed", n, len(p.report.Findings))
	}
	return nil
}

// ok, fail and skip add a finding.
func (p *patient) ok(check, seen string, values ...any) {
	p.report.add(Finding{check, OK, fmt.Sprintf(seen, values...), ""})
}

func (p *patient) fail(check, seen, fix string) { p.report.add(Finding{check, Failed, seen, fix}) }

func (p *patient) warn(check, seen, fix string) { p.report.add(Finding{check, Warning, seen, fix}) }

func (p *patient) skip(check, why string) { p.report.add(Finding{check, NotChecked, why, ""}) }

// config is the last check without a network: what no other one has found.
func (p *patient) config() {
	cfg, err := wechatpay.ConfigFrom(p.settings.Lookup)
	if err == nil {
		_, err = wechatpay.New(cfg)
	}
	if err != nil {
		p.fail("configuration", trimmed(err), p.T("mend what it names", "按提示修改"))
	}
}
