// Package sign has the commands that sign the parameters which open a payment, or another
// page of WeChat Pay, on the payer's device. They send nothing.
package sign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// Command returns the command with those below it.
func Command(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign",
		Short: a.T("Sign the parameters that open a payment", "生成调起支付的参数"),
		Long: a.T("Sign the parameters that open a payment, or another page of WeChat Pay, on the payer's device. Nothing is sent. Parameters with a timestamp are for one use.",
			"生成在用户端调起支付或其他微信支付页面的签名参数，不发送请求。带时间戳的参数只能使用一次。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, page := range []func(*app.App) *cobra.Command{jsapi, mobile, h5, scoreUse, scoreDetail, scoreEnable, coupons, couponURL, redPacket} {
		cmd.AddCommand(page(a))
	}
	return cmd
}

// A values reads the flags and the profile of one command.
type values struct {
	app      *app.App
	cmd      *cobra.Command
	required []string     // flags without which nothing can be signed
	check    func() error // of flags that exclude each other; nil for none
}

// page returns a command that prints what sign returns: JSON, or a URL.
func page(a *app.App, use, short, example string, sign func(context.Context, *values) (any, error)) (*cobra.Command, *values) {
	v := &values{app: a}
	v.cmd = &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return failure.Usagef("%s takes flags alone; %q is one too many", cmd.CommandPath(), args[0])
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range v.required {
				if v.get(name) == "" {
					return failure.Usagef("%s: --%s is missing", cmd.CommandPath(), name)
				}
			}
			if v.check != nil {
				if err := v.check(); err != nil {
					return err
				}
			}
			params, err := sign(cmd.Context(), v)
			if err != nil {
				return usage(err)
			}
			if url, ok := params.(string); ok {
				_, err = fmt.Fprintln(a.Out, url)
				return err
			}
			return v.write(params)
		},
	}
	return v.cmd, v
}

// usage is an error about the input: package paysign has no other, as nothing is sent.
func usage(err error) error { return &failure.UsageError{Err: err} }

func (v *values) write(params any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // as a front end takes it
	if err := encoder.Encode(params); err != nil {
		return err
	}
	return v.app.Result(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// flag adds a flag that must be set.
func (v *values) flag(name, english, chinese string) {
	v.optional(name, english, chinese)
	v.required = append(v.required, name)
}

func (v *values) optional(name, english, chinese string) {
	v.cmd.Flags().String(name, "", v.app.T(english, chinese))
}

func (v *values) get(name string) string {
	text, _ := v.cmd.Flags().GetString(name) // "" for a flag that is not there
	return text
}

// or returns the flag, or what the profile has under a name.
func (v *values) or(ctx context.Context, flag, setting string) (string, error) {
	if text := v.get(flag); text != "" {
		return text, nil
	}
	settings, err := v.app.Settings(ctx)
	if err != nil {
		return "", err
	}
	if text, ok := settings.Lookup(setting); ok && text != "" {
		return text, nil
	}
	return "", failure.Usagef("%s: --%s is missing, and %s too", v.cmd.CommandPath(), flag, setting)
}

func (v *values) appID(ctx context.Context) (string, error) {
	return v.or(ctx, "appid", "WECHATPAY_APPID")
}

func (v *values) mchID(ctx context.Context) (string, error) {
	return v.or(ctx, "mchid", "WECHATPAY_MCHID")
}

// signer is that of the merchant's private key.
func (v *values) signer(ctx context.Context) (signer.Signer, error) {
	client, err := v.app.Client(ctx, nil)
	if err != nil {
		return nil, err
	}
	s := client.Signer()
	if s == nil {
		return nil, failure.Usagef("%s signs with the merchant's private key; set WECHATPAY_PRIVATE_KEY_FILE, or add --v2 for an order of APIv2", v.cmd.CommandPath())
	}
	return s, nil
}

// apiV2Key is the key that all pages but those of orders of API v3 are signed with.
func (v *values) apiV2Key(ctx context.Context) (cipher.Secret, error) {
	settings, err := v.app.Settings(ctx)
	if err != nil {
		return cipher.Secret{}, err
	}
	cfg, err := wechatpay.ConfigFrom(settings.Lookup)
	if err != nil {
		return cipher.Secret{}, err
	}
	if cfg.APIv2Key.IsZero() {
		return cipher.Secret{}, failure.Usagef("%s signs with the APIv2 key; set WECHATPAY_APIV2_KEY_FILE or WECHATPAY_APIV2_KEY", v.cmd.CommandPath())
	}
	return cfg.APIv2Key, nil
}
