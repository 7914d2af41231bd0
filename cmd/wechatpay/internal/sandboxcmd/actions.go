package sandboxcmd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/args"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// written are the actions that have a command of their own in this package.
var written = []string{"pay", "pay/fail", "refunds/settle", "webhooks", "requests", "clock", "faults", "errors", "errors/v2"}

// chinese are the docs of the other actions, and of their groups.
var chinese = map[string]string{
	"redpackets":             "用户与现金红包",
	"redpackets/receive":     "用户领取 APIv2 的现金红包",
	"transfers":              "用户与商家转账",
	"transfers/confirm":      "用户确认收款",
	"transfers/decline":      "转账失败",
	"sharing":                "分账",
	"sharing/settle":         "结束处理中的分账：某个接收方或全部；CLOSED 需要原因",
	"sharing/returns":        "分账回退",
	"sharing/returns/settle": "结束处理中的分账回退；FAILED 需要原因",
	"sharing/expire":         "解冻订单的剩余资金",
	"payscore":               "用户与支付分",
	"payscore/authorize":     "用户授权服务，用于免确认订单",
	"payscore/confirm":       "用户确认服务订单",
	"payscore/pay":           "已完结的服务订单扣款成功，全部或部分",
	"contracts":              "用户与委托代扣协议",
	"contracts/sign":         "用户签约",
	"contracts/terminate":    "用户解约",
	"contracts/pay":          "扣款成功",
	"complaints":             "付款人投诉",
	"coupons":                "用户与商品券",
	"coupons/receive":        "用户领取预发放的券",
	"coupons/claim":          "用户从品牌的批次或组合中领券",
	"coupons/delete":         "用户删除券",
	"stocks":                 "商品券批次",
	"stocks/pause":           "微信支付暂停批次",
	"stocks/resume":          "微信支付恢复批次",
	"keys":                   "微信支付的密钥轮换",
	"keys/rotate":            "签发新的平台证书，并用它签名",
	"keys/public":            "按百分比用公钥为通知签名",
}

// groups are the English docs of the commands that hold others.
var groups = map[string]string{
	"redpackets":      "The user and red packets",
	"transfers":       "The user and transfers",
	"sharing":         "Profit sharing ends",
	"sharing/returns": "Returns of profit sharing end",
	"payscore":        "The user and payment score",
	"contracts":       "The user and contracts of deductions",
	"coupons":         "The user and product coupons",
	"stocks":          "WeChat Pay and stocks of coupons",
	"keys":            "WeChat Pay's keys are rotated",
}

// addActions adds a command for each other action of the control API: its path are the words, what
// it requires are arguments, and the rest are flags.
func (s *stage) addActions(parent *cobra.Command) {
	made := map[string]*cobra.Command{"": parent}
	for _, action := range sandbox.ControlActions() {
		path := strings.TrimPrefix(action.Path, "/_sandbox/v1/")
		if slices.Contains(written, path) {
			continue
		}
		above, words := parent, strings.Split(path, "/")
		for i := range words[:len(words)-1] {
			name := strings.Join(words[:i+1], "/")
			if made[name] == nil {
				made[name] = &cobra.Command{Use: words[i], Short: s.T(groups[name], chinese[name])}
				above.AddCommand(made[name])
			}
			above = made[name]
		}
		above.AddCommand(s.action(action, path, words[len(words)-1]))
	}
}

func (s *stage) action(action sandbox.ControlAction, path, word string) *cobra.Command {
	var fields catalogue.Fields
	if err := fields.UnmarshalText([]byte(action.Parameters)); err != nil {
		panic(fmt.Sprintf("%s: %v", action.Path, err)) // a bug of the table, which a test reads
	}
	var required, names []string
	values := map[string]any{}
	cmd := &cobra.Command{Short: s.T(sentence(action.Doc), chinese[path])}
	for _, f := range fields {
		if !f.Required {
			s.addFlag(cmd.Flags(), f, values)
			continue
		}
		required, names = append(required, f.Name), append(names, strings.ToUpper(f.Name))
		if len(f.Enum) > 0 {
			names[len(names)-1] = strings.Join(f.Enum, "|")
		}
	}
	cmd.Use = strings.TrimSpace(word + " " + strings.Join(names, " "))
	cmd.Args = args.Exactly(names...)
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		params := map[string]any{}
		for i, name := range required {
			params[name] = given[i]
		}
		for name, value := range values {
			if cmd.Flags().Changed(flagName(name)) {
				params[name] = deref(value)
			}
		}
		if err := typed(fields, params); err != nil {
			return err
		}
		return s.run(cmd.Context(), action.Method, path, params)
	}
	return cmd
}

func (s *stage) addFlag(flags *pflag.FlagSet, f catalogue.Field, values map[string]any) {
	usage := strings.Join(f.Enum, ", ")
	if usage == "" {
		usage = s.T("the field "+f.Name, "字段 "+f.Name)
	}
	switch f.Type {
	case "integer":
		values[f.Name] = flags.Int64(flagName(f.Name), 0, usage)
	case "boolean":
		values[f.Name] = flags.Bool(flagName(f.Name), false, usage)
	default:
		values[f.Name] = flags.String(flagName(f.Name), "", usage)
	}
}

func flagName(name string) string { return strings.ReplaceAll(name, "_", "-") }

func deref(pointer any) any {
	switch p := pointer.(type) {
	case *int64:
		return *p
	case *bool:
		return *p
	case *string:
		return *p
	}
	return nil
}

// typed gives the arguments, which are texts, their types.
func typed(fields catalogue.Fields, params map[string]any) error {
	for _, f := range fields {
		text, isText := params[f.Name].(string)
		switch {
		case !isText:
		case len(f.Enum) > 0 && !slices.Contains(f.Enum, text):
			return failure.Usagef("%s is %q; it must be one of %s", f.Name, text, strings.Join(f.Enum, ", "))
		case f.Type == "integer":
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return failure.Usagef("%s is %q; it must be a whole number", f.Name, text)
			}
			params[f.Name] = number
		}
	}
	return nil
}

// sentence begins with a capital, as the other helps do.
func sentence(doc string) string { return strings.ToUpper(doc[:1]) + doc[1:] }
