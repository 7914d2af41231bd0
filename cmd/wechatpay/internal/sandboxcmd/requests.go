package sandboxcmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/oneline"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func (s *stage) requests() *cobra.Command {
	var (
		asJSON, failed, cleared bool
		last                    int
	)
	cmd := &cobra.Command{
		Use:   "requests",
		Short: s.T("Show what came, and what was wrong with it", "显示收到的请求，以及错在哪里"),
		Long: s.T("Show the last requests, up to 1,000, each with its status and what was wrong with it. With --json\nthey are one object a line, with bodies, replies, and the message that a good signature covers.",
			"显示最近的请求（最多 1000 条）、状态码，以及错在哪里。--json 每行一个对象，包含请求与应答的正文，以及正确签名的签名串。"),
		Args: args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cleared {
				return s.run(cmd.Context(), http.MethodDelete, "requests", nil)
			}
			if last < 0 {
				return failure.Usagef("--last must not be negative")
			}
			list, err := s.exchanges(cmd)
			if err != nil {
				return err
			}
			if failed {
				list = failures(list)
			}
			if last > 0 {
				list = list[max(0, len(list)-last):]
			}
			if len(list) == 0 && !asJSON {
				s.Note("%s", s.T("no requests", "没有请求"))
			}
			for _, one := range list {
				if err := s.show(one, asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, s.T("one JSON object a line, with all there is", "每行一个 JSON 对象，包含全部内容"))
	flags.BoolVar(&failed, "failed", false, s.T("only those that did not succeed", "只显示未成功的"))
	flags.IntVarP(&last, "last", "n", 0, s.T("only the last ones; default all", "只显示最近几条；默认全部"))
	flags.BoolVar(&cleared, "clear", false, s.T("forget them", "清空"))
	return cmd
}

// exchanges are the recorded ones, as they came and parsed.
func (s *stage) exchanges(cmd *cobra.Command) ([]json.RawMessage, error) {
	data, err := s.do(cmd.Context(), http.MethodGet, "requests", nil)
	if err != nil {
		return nil, err
	}
	var reply struct{ Requests []json.RawMessage }
	if err := json.Unmarshal(data, &reply); err != nil {
		return nil, fmt.Errorf("the sandbox's reply: %w", err)
	}
	return reply.Requests, nil
}

func failures(list []json.RawMessage) []json.RawMessage {
	var kept []json.RawMessage
	for _, data := range list {
		var e sandbox.Exchange
		if json.Unmarshal(data, &e) != nil || wrong(e) != "" {
			kept = append(kept, data)
		}
	}
	return kept
}

func (s *stage) show(data json.RawMessage, asJSON bool) error {
	if asJSON {
		var line bytes.Buffer
		if err := json.Compact(&line, data); err != nil {
			return err
		}
		line.WriteByte('\n')
		_, err := s.Out.Write(line.Bytes())
		return err
	}
	var e sandbox.Exchange
	if err := json.Unmarshal(data, &e); err != nil {
		return fmt.Errorf("the sandbox's reply: %w", err)
	}
	mark, reason := "✓", wrong(e)
	if reason != "" {
		mark, reason = "✗", ": "+reason
	}
	_, err := fmt.Fprintf(s.Out, "%s %s %d %s %s%s\n", e.At.Local().Format(time.TimeOnly), mark, e.Status, e.Method, oneline.Of(e.Target), oneline.Of(reason)) //nolint:gosmopolitan // a person reads it
	return err
}

// wrong returns what was wrong with a request or its reply; "" if nothing was.
func wrong(e sandbox.Exchange) string {
	var parts []string
	if e.Fault != "" {
		parts = append(parts, "fault "+e.Fault)
	}
	if e.Refused != "" {
		return strings.Join(append(parts, e.Refused), "; ")
	}
	if reason := said(e); reason != "" {
		parts = append(parts, reason)
	}
	return strings.Join(parts, "; ")
}

// said returns what an error reply says.
func said(e sandbox.Exchange) string {
	if strings.HasPrefix(strings.TrimSpace(e.Reply), "<xml") {
		return saidV2(e.Reply)
	}
	if e.Status < http.StatusBadRequest {
		return ""
	}
	var body struct {
		Code, Message string
		Detail        struct{ Field, Issue string }
	}
	if json.Unmarshal([]byte(e.Reply), &body) != nil || body.Code == "" {
		return http.StatusText(e.Status)
	}
	text := body.Code + " " + body.Message
	if body.Detail.Field != "" || body.Detail.Issue != "" {
		text += " (" + strings.TrimSpace(body.Detail.Field+" "+body.Detail.Issue) + ")"
	}
	return text
}

// saidV2 returns what a reply of APIv2 says, which always has the status 200.
func saidV2(reply string) string {
	message, err := apiv2.Parse([]byte(reply))
	if err != nil || message.Get("return_code") != apiv2.Fail && message.Get("result_code") != apiv2.Fail {
		return ""
	}
	failure := message.Failure()
	return strings.TrimSpace(failure.Code + " " + failure.Message)
}
