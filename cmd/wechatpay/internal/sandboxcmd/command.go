// Package sandboxcmd has the commands that serve a sandbox, and that play the payer, time and
// WeChat Pay in the served one.
package sandboxcmd

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/control"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/profile"
)

// A stage is what the commands of the group share.
type stage struct {
	*app.App
	dir string // of the flag; "" for the default
}

// Command returns the group.
func Command(a *app.App) *cobra.Command {
	s := &stage{App: a}
	group := &cobra.Command{
		Use:   "sandbox",
		Short: a.T("Serve an offline WeChat Pay, and play the payer, time and WeChat Pay", "离线的微信支付沙箱：扮演付款人、时间和微信支付"),
		Long: a.T(`Serve an offline WeChat Pay with real keys and signatures, and play the payer, time and
WeChat Pay in it.

  wechatpay sandbox serve                 in one terminal
  wechatpay post v3/… --sandbox           in another: calls
  wechatpay sandbox pay NUMBER            the payer pays
  wechatpay sandbox requests              what came, and what was wrong with it`,
			`离线的微信支付：密钥与签名都是真的，钱不是。

  wechatpay sandbox serve                 在一个终端中运行
  wechatpay post v3/… --sandbox           在另一个终端中调用
  wechatpay sandbox pay 商户订单号         付款人付款
  wechatpay sandbox requests              收到了哪些请求，错在哪里`),
	}
	group.PersistentFlags().StringVar(&s.dir, "dir", "", a.T("the `FOLDER` of the sandbox: its keys and orders (default that of env.sh, or "+profile.SandboxDir(a.Getenv)+")",
		"沙箱的`文件夹`，保存密钥与订单（默认为 env.sh 所指，或 "+profile.SandboxDir(a.Getenv)+"）"))
	group.AddCommand(s.serve(), s.pay(), s.refund(), s.trigger(), s.clock(), s.fault(), s.requests(), s.errors())
	s.addActions(group)
	return group
}

// folder returns the folder of the sandbox.
func (s *stage) folder() string {
	if s.dir != "" {
		return s.dir
	}
	return profile.SandboxDir(s.Getenv)
}

// do runs an action of the served sandbox.
func (s *stage) do(ctx context.Context, method, action string, params map[string]any) (json.RawMessage, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	return client.Do(ctx, method, action, params)
}

// client is for the sandbox of --dir, or else of the environment, or else of the default folder.
func (s *stage) client() (*control.Client, error) {
	if s.dir == "" {
		if client, ok := control.Find(s.Getenv); ok {
			return client, nil
		}
	}
	return control.Open(s.folder())
}

// run is do for an action whose result is the command's. One without a result says that it is done.
func (s *stage) run(ctx context.Context, method, action string, params map[string]any) error {
	result, err := s.do(ctx, method, action, params)
	switch result = bytes.TrimSpace(result); {
	case err != nil:
		return err
	case string(result) == "{}":
		s.Note("%s", s.T("done", "完成"))
		return nil
	}
	return s.Result(result)
}
