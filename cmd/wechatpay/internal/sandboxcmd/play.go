package sandboxcmd

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func (s *stage) pay() *cobra.Command {
	var reason string
	reasons := []string{"BALANCE", "PASSWORD", "REFUSED", "USERPAYING"}
	cmd := &cobra.Command{
		Use:     "pay NUMBER",
		Short:   s.T("The payer pays the order NUMBER (out_trade_no), or fails to", "付款人支付商户订单号 NUMBER，或支付失败"),
		Example: "  wechatpay sandbox pay 1217752501201407033233368018\n  wechatpay sandbox pay 1217752501201407033233368018 --fail BALANCE",
		Args:    args.Exactly("NUMBER"),
		RunE: func(cmd *cobra.Command, given []string) error {
			params := map[string]any{"out_trade_no": given[0]}
			if reason == "" {
				return s.run(cmd.Context(), http.MethodPost, "pay", params)
			}
			if err := oneOf("--fail", &reason, reasons); err != nil {
				return err
			}
			params["reason"] = reason
			return s.run(cmd.Context(), http.MethodPost, "pay/fail", params)
		},
	}
	cmd.Flags().StringVar(&reason, "fail", "", s.T("why the payer fails: ", "支付失败的原因：")+strings.Join(reasons, ", "))
	complete(cmd, "fail", reasons...)
	return cmd
}

func (s *stage) refund() *cobra.Command {
	status, states := "SUCCESS", []string{"SUCCESS", "CLOSED", "ABNORMAL"}
	cmd := &cobra.Command{
		Use:   "refund NUMBER",
		Short: s.T("The refund NUMBER (out_refund_no), which is PROCESSING, ends", "商户退款单号 NUMBER 的退款由处理中变为终态"),
		Long: s.T(`The refund NUMBER (out_refund_no), which is PROCESSING, ends: it succeeds, is closed, or does not
reach the payer. Refunds end by themselves unless the sandbox is served with --refund-delay.`,
			`商户退款单号 NUMBER 的退款由处理中变为终态：成功、关闭或异常。除非以 --refund-delay 启动沙箱，退款会自行成功。`),
		Args: args.Exactly("NUMBER"),
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := oneOf("--status", &status, states); err != nil {
				return err
			}
			return s.run(cmd.Context(), http.MethodPost, "refunds/settle", map[string]any{"out_refund_no": given[0], "status": status})
		},
	}
	cmd.Flags().StringVar(&status, "status", status, strings.Join(states, ", "))
	complete(cmd, "status", states...)
	return cmd
}

func (s *stage) clock() *cobra.Command {
	return &cobra.Command{
		Use:   "clock [ADVANCE]",
		Short: s.T("Show the time of what is played, or let time pass: 24h30m, 7d", "显示沙箱时间，或让时间前进：24h30m、7d"),
		Long: s.T("Show the time of what is played, or let time pass, such as 90s, 24h30m or 7d: orders expire, refunds\nsucceed, webhooks are sent again. Signatures stay with the real time.",
			"显示沙箱时间，或让时间前进（90s、24h30m、7d）：订单过期、退款成功、重发通知。签名仍使用真实时间。"),
		Args: args.UpTo("ADVANCE"),
		RunE: func(cmd *cobra.Command, given []string) error {
			if len(given) == 0 {
				return s.run(cmd.Context(), http.MethodGet, "clock", nil)
			}
			by, err := duration(given[0])
			if err != nil {
				return err
			}
			return s.run(cmd.Context(), http.MethodPost, "clock", map[string]any{"advance": by.String()})
		},
	}
}

// duration is time.ParseDuration that knows days, too.
func duration(text string) (time.Duration, error) {
	days, rest := time.Duration(0), text
	if number, behind, ok := strings.Cut(text, "d"); ok {
		hours, err := time.ParseDuration(number + "h")
		if err != nil {
			return 0, failure.Usagef("%q is not a duration; write it as 90s, 24h30m or 7d", text)
		}
		if days, rest = 24*hours, behind; rest == "" {
			rest = "0s"
		}
	}
	by, err := time.ParseDuration(rest)
	switch {
	case err != nil:
		return 0, failure.Usagef("%q is not a duration; write it as 90s, 24h30m or 7d", text)
	case by+days <= 0:
		return 0, failure.Usagef("%q: time does not go back; write it as 90s, 24h30m or 7d", text)
	}
	return by + days, nil
}

// fault gives the next calls a fault, or a documented error.
func (s *stage) fault() *cobra.Command {
	var (
		on            string
		delay         time.Duration
		status, times int
		cleared       bool
	)
	cmd := &cobra.Command{
		Use:   "fault [FAULT|CODE]",
		Short: s.T("Give the next calls a fault, an error or a delay", "让接下来的调用出故障、报错或变慢"),
		Long: s.T(`Give the next call a FAULT of the connection or of the signature, or the documented error CODE.

Faults: `, `让下一次调用出现连接或签名故障 FAULT，或返回错误码 CODE。

故障：`) + strings.Join(sandbox.Faults(), ", "),
		Example: "  wechatpay sandbox fault unsigned\n  wechatpay sandbox fault SYSTEM_ERROR --status 500 --on 'POST /v3/refund/domestic/refunds' --times 3\n  wechatpay sandbox fault --delay 8s\n  wechatpay sandbox fault --clear",
		Args:    args.UpTo("FAULT"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(sandbox.Faults(), "SYSTEM_ERROR", "FREQUENCY_LIMITED", "PARAM_ERROR", "NO_AUTH"), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, given []string) error {
			if cleared {
				if len(given) > 0 {
					return failure.Usagef("--clear takes all faults away; leave %q out", given[0])
				}
				return s.run(cmd.Context(), http.MethodDelete, "faults", nil)
			}
			params, err := faultParams(given, on)
			if err != nil {
				return err
			}
			flags := cmd.Flags()
			switch _, coded := params["code"]; {
			case flags.Changed("delay") && delay <= 0:
				return failure.Usagef("--delay must be longer than 0, such as 8s")
			case len(given) == 0 && delay == 0:
				return failure.Usagef("FAULT is missing: name a fault, an error code in capitals, or --delay; wechatpay sandbox fault --help lists them")
			case flags.Changed("times") && times < 1:
				return failure.Usagef("--times is %d; it must be 1 or more", times)
			case flags.Changed("status") && !coded:
				return failure.Usagef("--status is that of an error code in capitals, such as SYSTEM_ERROR; leave it out")
			case flags.Changed("status") && (status < 400 || status > 599):
				return failure.Usagef("--status is %d; it must be that of an error, 400 to 599", status)
			}
			for name, value := range map[string]int{"status": status, "times": times} {
				if value != 0 {
					params[name] = value
				}
			}
			if delay != 0 {
				params["delay"] = delay.String()
			}
			return s.run(cmd.Context(), http.MethodPost, "faults", params)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&on, "on", "", s.T("only for these calls, such as 'POST /v3/pay/transactions/native' or a path alone; default any", "只用于这些调用，如 'POST /v3/pay/transactions/native'；默认任意"))
	flags.IntVar(&status, "status", 0, s.T("the HTTP status of a CODE; default 400", "错误码的 HTTP 状态码，默认 400"))
	flags.IntVar(&times, "times", 0, s.T("how many calls; default 1", "调用次数，默认 1"))
	flags.DurationVar(&delay, "delay", 0, s.T("wait this `TIME` before the reply, such as 8s", "应答前等待的`时长`，如 8s"))
	flags.BoolVar(&cleared, "clear", false, s.T("take all faults away", "清除所有故障"))
	return cmd
}

// faultParams tells a fault from an error code, which is in capitals, and a method from a path.
func faultParams(given []string, on string) (map[string]any, error) {
	params := map[string]any{}
	if len(given) > 0 {
		name := "fault"
		if given[0] == strings.ToUpper(given[0]) {
			name = "code"
		} else if !slices.Contains(sandbox.Faults(), given[0]) && !slices.Contains(sandbox.BillFaults(), given[0]) {
			return nil, failure.Usagef("there is no fault %q; use one of %s, or an error code in capitals", given[0], strings.Join(sandbox.Faults(), ", "))
		}
		params[name] = given[0]
	}
	if on == "" {
		return params, nil
	}
	method, path, err := callOf(on)
	if err != nil {
		return nil, err
	}
	params["path"] = "/" + path
	if method != "" {
		params["method"] = method
	}
	return params, nil
}

func (s *stage) errors() *cobra.Command {
	var v2 bool
	cmd := &cobra.Command{
		Use:   "errors",
		Short: s.T("List the errors that a number asks for: order1_SYSTEM_ERROR gets SYSTEM_ERROR", "列出可由单号触发的错误：order1_SYSTEM_ERROR 得到 SYSTEM_ERROR"),
		Args:  args.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			action := "errors"
			if v2 {
				action += "/v2"
			}
			return s.run(cmd.Context(), http.MethodGet, action, nil)
		},
	}
	cmd.Flags().BoolVar(&v2, "v2", false, s.T("those of APIv2", "APIv2 的错误"))
	return cmd
}

// oneOf refuses a value that is none of those that there are, and writes it as they are written.
func oneOf(flag string, value *string, values []string) error {
	upper := strings.ToUpper(*value)
	if !slices.Contains(values, upper) {
		return failure.Usagef("%s is %q; it must be one of %s", flag, *value, strings.Join(values, ", "))
	}
	*value = upper
	return nil
}

// complete completes a flag by its values.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
