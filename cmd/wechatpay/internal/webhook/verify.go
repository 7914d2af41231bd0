package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/saved"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func verifyCommand(a *app.App) *cobra.Command {
	var f files
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: a.T("Verify a saved notification, and say what it is", "对保存的通知验签，并说明其内容类型"),
		Long: a.T(`Verify a saved notification of v3 or APIv2: a FILE with raw HTTP, stdin, or --headers and --body. It is
verified at the time of its own timestamp, since what was saved is old; a server refuses it five minutes
after. The exit code is 4 if WeChat Pay has not signed it.`,
			`对保存的 v3 或 APIv2 通知验签：HTTP 原文文件 FILE、标准输入，或 --headers 与 --body。
保存的通知已是旧的，因此按其自身的时间戳验签；服务器在 5 分钟后会拒绝它。不是微信支付签名时退出码为 4。`),
		Args: args.UpTo("FILE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			m, err := f.read(a, given)
			if err != nil {
				return err
			}
			event, err := parse(cmd.Context(), a, m)
			if err != nil && !notify.SignedByWeChatPay(err) {
				return unverified(err)
			}
			return tell(a, m, event, err)
		},
	}
	f.register(a, cmd)
	return cmd
}

func decryptCommand(a *app.App) *cobra.Command {
	var f files
	cmd := &cobra.Command{
		Use:   "decrypt [FILE]",
		Short: a.T("Verify a saved notification, and write its decrypted resource", "对保存的通知验签，并输出解密后的资源"),
		Long: a.T(`Verify a saved notification as `+"`webhook verify`"+` does, and write its decrypted resource. That of
APIv2 is written as JSON. What cannot be verified is not decrypted.`,
			`先如 webhook verify 验签，再输出解密后的资源；APIv2 的以 JSON 输出。验签失败时不解密。`),
		Args: args.UpTo("FILE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			m, err := f.read(a, given)
			if err != nil {
				return err
			}
			event, err := parse(cmd.Context(), a, m)
			switch {
			case err != nil && !notify.SignedByWeChatPay(err):
				return unverified(err)
			case err != nil:
				return err
			}
			return a.Result(event.Bytes())
		},
	}
	f.register(a, cmd)
	return cmd
}

// parse verifies and decrypts a saved notification at the time that it was signed.
func parse(ctx context.Context, a *app.App, m *saved.Message) (*notify.Event, error) {
	at := sentAt(m, a.Now())
	cfg, err := config(ctx, a, func() time.Time { return at })
	if err != nil {
		return nil, err
	}
	p, err := parser(cfg)
	if err != nil {
		return nil, err
	}
	var first error
	for i, body := range m.Bodies() {
		event, err := p.Parse(ctx, m.Header, bytes.NewReader(body))
		if err == nil || notify.SignedByWeChatPay(err) {
			if i > 0 {
				a.Note("%s", a.T("the saved body has line breaks that WeChat Pay did not send; they were left out", "保存的正文含有微信支付未发送的换行，已忽略"))
			}
			return event, err
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, signer.ErrSignature) {
			break
		}
	}
	return nil, first
}

// A verdict is what `webhook verify` says.
type verdict struct {
	Verified     bool   `json:"verified"`
	Version      int    `json:"version"`
	SignedBy     string `json:"signed_by"` // the id of the key; of APIv2 "APIv2 key", or "nobody" of a refund
	SignedAt     string `json:"signed_at,omitempty"`
	ID           string `json:"id,omitempty"`
	EventType    string `json:"event_type,omitempty"`
	OriginalType string `json:"original_type,omitempty"`
	Summary      string `json:"summary,omitempty"`
	Decrypted    bool   `json:"decrypted"`
}

// tell writes the verdict on a notification that WeChat Pay signed. err is why it was not decrypted.
func tell(a *app.App, m *saved.Message, event *notify.Event, err error) error {
	v := verdict{Verified: true, Version: 3, Decrypted: err == nil}
	if serials := signer.HeaderValues(m.Header, signer.HeaderSerial); len(serials) > 0 {
		v.SignedBy = serials[0]
		at := sentAt(m, a.Now())
		v.SignedAt = at.UTC().Format(time.RFC3339)
		if age := a.Now().Sub(at); age.Abs() > signer.Tolerance {
			a.Note(a.T("signed %s ago: a server refuses it by now", "签名于 %s 前：服务器此时会拒绝它"), age.Truncate(time.Second))
		}
	}
	if event != nil {
		v.Version, v.ID, v.EventType, v.OriginalType, v.Summary = event.Version, event.ID, event.EventType, event.OriginalType, event.Summary
	}
	if v.Version == 2 {
		v.SignedBy = "APIv2 key"
		if event.Get("req_info").Exists() || !bytes.Contains(m.Body, []byte("<sign>")) {
			v.SignedBy, v.Verified = "nobody", false
			a.Note("%s", a.T("the notification of a refund by APIv2 is not signed: query the refund", "APIv2 退款通知没有签名：请查询退款"))
		}
	}
	data, failed := json.Marshal(v)
	if failed != nil {
		return failed
	}
	if failed := a.Result(data); failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("verified, but not decrypted: %w", cutError{cut(err.Error()), err})
	}
	return nil
}
