package sandboxcmd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/control"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/shell"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// defaultAddr stays the same, so that the base URL in a program does.
const defaultAddr = "127.0.0.1:8970"

// saveEvery is how much can be lost if the machine stops.
const saveEvery = 30 * time.Second

type serveFlags struct {
	addr, tlsAddr string
	quiet         bool
	cfg           sandbox.Config
}

func (s *stage) serve() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: s.T("Serve an offline WeChat Pay until Ctrl-C, and go on where it was left", "运行离线的微信支付，直到 Ctrl-C；下次从上次的状态继续"),
		Long: s.T(`Serve an offline WeChat Pay until Ctrl-C. Its keys, orders and time are saved in the folder --dir, every 30
seconds and at the end, and the next time it goes on with them; what is killed loses what came since. The folder also has the credentials for programs in any language, and a
first program for curl, Go, Java, Node.js and PHP.

With --tls-addr it serves HTTPS too: there the calls of APIv2 that need the merchant's certificate ask for it.`,
			`运行离线的微信支付，直到 Ctrl-C。密钥、订单和时间每 30 秒及结束时保存到 --dir 文件夹，下次继续使用；被强行终止时，
上次保存之后的内容会丢失。
文件夹中还有供各种语言使用的凭据，以及 curl、Go、Java、Node.js、PHP 的第一个程序。

加上 --tls-addr 后同时提供 HTTPS：APIv2 中需要商户证书的接口会在那里要求证书。`),
		Args: args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.serveUntilDone(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", defaultAddr, s.T("where to listen; port 0 takes a free one", "监听地址；端口 0 表示任选空闲端口"))
	flags.StringVar(&f.tlsAddr, "tls-addr", "", s.T("where to listen for HTTPS, such as 127.0.0.1:8971; default nowhere", "HTTPS 监听地址，如 127.0.0.1:8971；默认不监听"))
	flags.BoolVarP(&f.quiet, "quiet", "q", false, s.T("do not say what was refused", "不显示被拒绝的请求"))
	flags.DurationVar(&f.cfg.RefundDelay, "refund-delay", 0, s.T("how long refunds are PROCESSING; negative: until sandbox refund", "退款处理中的时长；负数表示直到 sandbox refund"))
	flags.DurationVar(&f.cfg.SharingDelay, "sharing-delay", 0, s.T("how long profit sharing is PROCESSING; negative: until sandbox sharing settle", "分账处理中的时长；负数表示直到 sandbox sharing settle"))
	flags.StringVar(&f.cfg.Webhooks.URL, "notify-url", "", s.T("where notifications go whose call names no address", "调用未指定地址的通知发往何处"))
	flags.StringSliceVar(&f.cfg.Webhooks.Hosts, "webhook-host", nil, s.T("a host besides this machine that notifications may go to", "除本机外，通知可以发往的主机"))
	flags.StringSliceVar(&f.cfg.ControlHosts, "control-host", nil, s.T("a host name besides localhost under which it may be controlled", "除 localhost 外，可以控制沙箱的主机名"))
	flags.Float64Var(&f.cfg.Webhooks.Scale, "webhook-scale", 1, s.T("multiplies the waits before a notification is sent again", "通知重发间隔的倍数"))
	return cmd
}

// check refuses what would only be noticed once something is sent.
func (f *serveFlags) check() error {
	if f.cfg.Webhooks.URL != "" {
		if err := checkURL(f.cfg.Webhooks.URL); err != nil {
			return failure.Usagef("--notify-url: %w", err)
		}
	}
	if f.cfg.Webhooks.Scale <= 0 {
		return failure.Usagef("--webhook-scale must be greater than 0, such as 0.01")
	}
	return nil
}

func (s *stage) serveUntilDone(ctx context.Context, f serveFlags) (err error) {
	if err := f.check(); err != nil {
		return err
	}
	dir := s.folder()
	if client, err := control.Open(dir); err == nil && client.Serves(ctx) == nil {
		return failure.Usagef("a sandbox is served from %s at %s already; use that one, or serve another with --dir and --addr", dir, client.BaseURL)
	}
	if !f.quiet {
		f.cfg.Logger = slog.New(&lines{s.App})
	}
	gateway, err := sandbox.Open(f.cfg, dir)
	if err != nil {
		return &failure.UsageError{Err: fmt.Errorf("%w (--dir %s)", err, dir)}
	}
	server, err := gateway.Listen(f.addr)
	if err != nil {
		return failure.Usagef("%w; choose another with --addr", err)
	}
	defer server.Close()
	var secureURL string
	if f.tlsAddr != "" {
		secure, err := gateway.ListenTLS(f.tlsAddr)
		if err != nil {
			return failure.Usagef("%w; choose another with --tls-addr", err)
		}
		defer secure.Close()
		secureURL = secure.URL
	}
	// First the state: credentials whose keys are lost at a crash would be worth nothing.
	if err := errors.Join(gateway.Save(dir), gateway.WriteCredentials(dir, server.URL)); err != nil {
		return &failure.UsageError{Err: err}
	}
	if err := s.greet(gateway, dir, server.URL, secureURL); err != nil {
		return err
	}
	s.saveNowAndThen(ctx, gateway, dir)
	server.Close()
	if err := gateway.Save(dir); err != nil {
		return err
	}
	s.Note("%s", s.T("saved to ", "已保存到 ")+dir)
	return nil
}

// saveNowAndThen saves until the context ends.
func (s *stage) saveNowAndThen(ctx context.Context, gateway *sandbox.Gateway, dir string) {
	ticker := time.NewTicker(saveEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := gateway.Save(dir); err != nil {
				s.Note("%v", err)
			}
		}
	}
}

// greet says how to use it; the addresses are the result, as one line.
func (s *stage) greet(gateway *sandbox.Gateway, dir, url, secureURL string) error {
	folder := dir
	if absolute, err := filepath.Abs(dir); err == nil {
		folder = absolute
	}
	s.Note(s.T("sandbox of merchant %s at %s; Ctrl-C saves and ends it", "商户 %s 的沙箱：%s；Ctrl-C 保存并结束"), gateway.Credentials().MchID, url)
	s.Note(s.T("  credentials, and first programs: %s", "  凭据与第一个程序：%s"), folder)
	option, from := "", "wechatpay get v3/certificates --sandbox"
	if s.dir != "" { // --sandbox looks in the default folder
		option, from = " --dir "+shell.QuoteIfNeeded(dir), ". "+shell.QuoteIfNeeded(filepath.Join(folder, "env.sh"))+" && wechatpay get v3/certificates"
	}
	s.Note(s.T("  from here:        %s", "  从命令行调用：    %s"), from)
	s.Note(s.T("  from a program:   . %s", "  从程序调用：      . %s"), shell.QuoteIfNeeded(filepath.Join(folder, "env.sh")))
	s.Note(s.T("  play the payer:   wechatpay sandbox pay NUMBER%s", "  扮演付款人：      wechatpay sandbox pay 商户订单号%s"), option)
	s.Note(s.T("  what came:        wechatpay sandbox requests%s", "  查看收到的请求：  wechatpay sandbox requests%s"), option)
	if secureURL != "" {
		s.Note(s.T("  HTTPS, for APIv2 with a certificate: %s; trust %s", "  HTTPS（APIv2 双向证书）：%s；信任 %s"), secureURL, filepath.Join(folder, "sandbox_ca.pem"))
	}
	data, err := json.Marshal(struct {
		BaseURL string `json:"base_url"`
		TLSURL  string `json:"tls_url,omitempty"`
		MchID   string `json:"mchid"`
		Dir     string `json:"dir"`
	}{url, secureURL, gateway.Credentials().MchID, folder})
	if err != nil || s.OutIsTerminal() {
		return err
	}
	return s.Result(data)
}

// lines writes what the sandbox refused, for a person.
type lines struct {
	app interface{ Note(string, ...any) }
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *lines) WithGroup(string) slog.Handler                    { return l }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	values := map[string]string{}
	r.Attrs(func(a slog.Attr) bool {
		values[a.Key] = a.Value.String()
		return true
	})
	what := values["method"] + " " + values["target"] + " " + values["status"]
	if values["method"] == "" {
		what = "webhook " + values["event_type"] + " " + values["url"]
	}
	l.app.Note("%s ✗ %s: %s", r.Time.Format(time.TimeOnly), oneline.Of(what), oneline.Of(cmp.Or(values["reason"], values["error"])))
	return nil
}
