package sign

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/paysign"
)

// withKeyV2 is a page that the APIv2 key of a merchant signs.
func withKeyV2(sign func(v *values, mchID string, key cipher.Secret) (any, error)) func(context.Context, *values) (any, error) {
	return func(ctx context.Context, v *values) (any, error) {
		mchID, err := v.mchID(ctx)
		if err != nil {
			return nil, err
		}
		key, err := v.apiV2Key(ctx)
		if err != nil {
			return nil, err
		}
		return sign(v, mchID, key)
	}
}

func (v *values) merchant() {
	v.optional("mchid", "the merchant; default: that of the profile", "商户号，默认为配置中的商户号")
}

func scoreUse(a *app.App) *cobra.Command {
	cmd, v := page(a, "score-use", a.T("The page that confirms an order of the payment score", "支付分订单确认页"), "",
		withKeyV2(func(v *values, mchID string, key cipher.Secret) (any, error) {
			return paysign.ScoreUse(paysign.ScoreUseRequest{MchID: mchID, Package: v.get("package")}, key)
		}))
	v.merchant()
	v.flag("package", "the package of the reply that created the order", "创建订单应答中的 package")
	return cmd
}

func scoreDetail(a *app.App) *cobra.Command {
	cmd, v := page(a, "score-detail", a.T("The page that shows an order of the payment score", "支付分订单详情页"), "",
		withKeyV2(func(v *values, mchID string, key cipher.Secret) (any, error) {
			return paysign.ScoreDetail(paysign.ScoreDetailRequest{MchID: mchID, ServiceID: v.get("service-id"), OutOrderNo: v.get("out-order-no")}, key)
		}))
	v.merchant()
	v.flag("service-id", "the service", "服务 ID")
	v.flag("out-order-no", "the merchant's number of the order", "商户服务订单号")
	return cmd
}

func scoreEnable(a *app.App) *cobra.Command {
	cmd, v := page(a, "score-enable", a.T("The page that allows a service to use the payment score", "支付分授权页"), "",
		withKeyV2(func(v *values, mchID string, key cipher.Secret) (any, error) {
			return paysign.ScoreEnable(paysign.ScoreEnableRequest{MchID: mchID, ServiceID: v.get("service-id"), OutRequestNo: v.get("out-request-no")}, key)
		}))
	v.merchant()
	v.flag("service-id", "the service", "服务 ID")
	v.flag("out-request-no", "a number that no request had before", "商户请求单号，每次不同")
	return cmd
}

func coupons(a *app.App) *cobra.Command {
	cmd, v := page(a, "coupons", a.T("The offer of a coupon in a mini program", "小程序发券插件"), "",
		withKeyV2(func(v *values, mchID string, key cipher.Secret) (any, error) {
			return paysign.Coupons(paysign.CouponOffer{MchID: mchID, Coupons: []paysign.Coupon{v.coupon()}}, key)
		}))
	v.merchant()
	v.couponFlags()
	return cmd
}

func couponURL(a *app.App) *cobra.Command {
	cmd, v := page(a, "coupon-url", a.T("The page inside WeChat on which a coupon is received", "H5 领券页面链接"), "",
		withKeyV2(func(v *values, mchID string, key cipher.Secret) (any, error) {
			return paysign.CouponURL(paysign.CouponPage{MchID: mchID, OpenID: v.get("openid"), Coupon: v.coupon()}, key)
		}))
	v.merchant()
	v.flag("openid", "the payer", "用户 openid")
	v.couponFlags()
	return cmd
}

func (v *values) couponFlags() {
	v.flag("stock-id", "the stock of the coupon", "批次号")
	v.flag("out-request-no", "a number that no offer had before", "发券凭证号，每次不同")
	v.optional("coupon-code", "the code, of a stock whose codes the merchant distributes", "券 code，仅商户自有 code 的批次需要")
}

func (v *values) coupon() paysign.Coupon {
	return paysign.Coupon{StockID: v.get("stock-id"), OutRequestNo: v.get("out-request-no"), Code: v.get("coupon-code")}
}

func redPacket(a *app.App) *cobra.Command {
	cmd, v := page(a, "red-packet", a.T("The page on which a red packet is received in a mini program", "小程序红包领取页"), "",
		func(ctx context.Context, v *values) (any, error) {
			appID, err := v.appID(ctx)
			if err != nil {
				return nil, err
			}
			key, err := v.apiV2Key(ctx)
			if err != nil {
				return nil, err
			}
			return paysign.RedPacket(paysign.RedPacketPage{AppID: appID, Package: v.get("package")}, key)
		})
	v.optional("appid", "the mini program; default: WECHATPAY_APPID", "小程序 AppID，默认为 WECHATPAY_APPID")
	v.flag("package", "the package of the reply of v2/mmpaymkttransfers/sendminiprogramhb", "发放小程序红包应答中的 package")
	return cmd
}
