package sign

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func jsapi(a *app.App) *cobra.Command {
	cmd, v := page(a, "jsapi", a.T("A web page inside WeChat, or a mini program", "公众号网页或小程序"),
		"  wechatpay sign jsapi --appid wxd678efh567hg6787 --prepay-id wx2611215250487459928b659bd466620000",
		func(ctx context.Context, v *values) (any, error) {
			appID, err := v.appID(ctx)
			if err != nil {
				return nil, err
			}
			if v.isV2() {
				key, err := v.apiV2Key(ctx)
				if err != nil {
					return nil, err
				}
				return paysign.JSAPIV2(v.orderV2(appID, ""), key)
			}
			s, err := v.signer(ctx)
			if err != nil {
				return nil, err
			}
			return paysign.JSAPI(ctx, s, paysign.JSAPIOrder{AppID: appID, PrepayID: v.get("prepay-id"), Instalments: v.instalments()})
		})
	v.order()
	return cmd
}

func mobile(a *app.App) *cobra.Command {
	cmd, v := page(a, "app", a.T("A mobile app", "手机 App"),
		"  wechatpay sign app --appid wxd678efh567hg6787 --prepay-id wx2611215250487459928b659bd466620000",
		func(ctx context.Context, v *values) (any, error) {
			appID, err := v.appID(ctx)
			if err != nil {
				return nil, err
			}
			mchID, err := v.mchID(ctx)
			if err != nil {
				return nil, err
			}
			if v.isV2() {
				key, err := v.apiV2Key(ctx)
				if err != nil {
					return nil, err
				}
				return paysign.AppV2(v.orderV2(appID, mchID), key)
			}
			s, err := v.signer(ctx)
			if err != nil {
				return nil, err
			}
			return paysign.App(ctx, s, paysign.AppOrder{AppID: appID, PartnerID: mchID, PrepayID: v.get("prepay-id"), Instalments: v.instalments()})
		})
	v.order()
	v.optional("mchid", "the merchant that placed the order; default: that of the profile", "下单的商户号，默认为配置中的商户号")
	return cmd
}

// order adds the flags of an order.
func (v *values) order() {
	v.flag("prepay-id", "the prepay_id of the reply", "下单应答中的 prepay_id")
	v.optional("appid", "the app that opens the payment; default: WECHATPAY_APPID", "调起支付的 AppID，默认为 WECHATPAY_APPID")
	v.cmd.Flags().Int("instalments", 0, v.app.T("preselect a `NUMBER` of instalments", "预选的分期`期数`"))
	v.cmd.Flags().Bool("v2", false, v.app.T("an order of APIv2", "APIv2 的订单"))
	v.optional("sign-type", "of an order of APIv2: its sign_type, MD5 or HMAC-SHA256", "APIv2 订单的 sign_type：MD5 或 HMAC-SHA256")
	_ = v.cmd.RegisterFlagCompletionFunc("sign-type", cobra.FixedCompletions([]cobra.Completion{"MD5", "HMAC-SHA256"}, cobra.ShellCompDirectiveNoFileComp)) // it fails for an unknown flag
	v.check = func() error {
		switch {
		case v.isV2() && v.get("sign-type") == "":
			return failure.Usagef("%s --v2: --sign-type is missing; it is that of the order, MD5 or HMAC-SHA256", v.cmd.CommandPath())
		case v.isV2() && v.instalments() != 0:
			return failure.Usagef("%s --v2: an order of APIv2 has no --instalments", v.cmd.CommandPath())
		case !v.isV2() && v.get("sign-type") != "":
			return failure.Usagef("%s: --sign-type is for orders of APIv2; add --v2, or leave it out", v.cmd.CommandPath())
		}
		return nil
	}
}

func (v *values) isV2() bool {
	is, _ := v.cmd.Flags().GetBool("v2") // false for a flag that is not there
	return is
}

func (v *values) instalments() int {
	n, _ := v.cmd.Flags().GetInt("instalments") // 0 for a flag that is not there
	return n
}

func (v *values) orderV2(appID, mchID string) paysign.OrderV2 {
	return paysign.OrderV2{AppID: appID, MchID: mchID, PrepayID: v.get("prepay-id"), Digest: signer.Digest(v.get("sign-type"))}
}

func h5(a *app.App) *cobra.Command {
	cmd, v := page(a, "h5", a.T("A mobile browser: the URL to open, with the page to return to", "手机浏览器：带返回页面的支付链接"),
		"  wechatpay sign h5 --h5-url 'https://wx.tenpay.com/…' --redirect-url https://shop.example.com/paid",
		func(_ context.Context, v *values) (any, error) {
			return paysign.H5URL(v.get("h5-url"), v.get("redirect-url"))
		})
	v.flag("h5-url", "the h5_url of the reply, or the mweb_url of APIv2", "下单应答中的 h5_url，APIv2 为 mweb_url")
	v.flag("redirect-url", "the page that the payer returns to", "支付后返回的页面")
	return cmd
}
