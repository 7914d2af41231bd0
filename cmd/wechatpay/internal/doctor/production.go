package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The checks of --production, beside those of every run.
const (
	checkBaseURL    = "base URL"
	checkBackup     = "backup host"
	checkRenewal    = "renewal"
	checkModes      = "file modes"
	checkSource     = "keys in source"
	checkBill       = "bill"
	checkOrder      = "order"
	checkCouponURL  = "coupon notify address"
	checkNotify     = "notify address"
	checkReachable  = "notify reachable"
	checkForgeries  = "notify refuses forgeries"
	checkProbes     = "notify refuses probes"
	checkNotifyTime = "notify answers in time"
)

// production is what the flags of --production name.
type production struct {
	on        bool
	notifyURL string // where webhooks go
	source    string // a folder of source code
	order     bool   // make an order of 1 fen, and close it
}

// production makes the checks of the checklist that need no network, and lists what is for a person.
func (p *patient) production(flags production) {
	if !flags.on {
		return
	}
	p.report.ForAPerson = p.tasks()
	p.checkBaseURL()
	p.checkRenewal()
	p.checkModes()
	p.checkSource(flags.source)
	p.checkNotify(flags.notifyURL)
}

// productionOnline makes those that call: WeChat Pay only if it accepted the signed call. Its error is
// that of an order that nobody confirmed.
func (p *patient) productionOnline(ctx context.Context, transport http.RoundTripper, target *url.URL, flags production) error {
	p.checkBackup(ctx, transport, target)
	p.tryNotify(ctx, flags.notifyURL)
	if p.report.of(checkCall) != OK || p.report.of(checkSignature) == Failed {
		return nil
	}
	c, err := p.client(transport)
	if err != nil {
		p.fail(checkBill, trimmed(err), p.T("correct what it names", "按提示修改"))
		return nil
	}
	if p.brand {
		p.checkCouponURL(ctx, c)
		return nil
	}
	p.checkBill(ctx, c)
	return p.checkOrder(ctx, c, flags)
}

// client is a client of the settings, which goes by the server's clock.
func (p *patient) client(transport http.RoundTripper) (*wechatpay.Client, error) {
	cfg, err := wechatpay.ConfigFrom(p.settings.Lookup)
	if err != nil {
		return nil, err
	}
	cfg.Transport, cfg.Clock = transport, p.now
	return wechatpay.New(cfg)
}

// checkBaseURL: calls go to WeChat Pay, by its domain.
func (p *patient) checkBaseURL() {
	base := p.value("WECHATPAY_BASE_URL")
	parsed, err := url.Parse(base)
	switch {
	case base == "":
		p.ok(checkBaseURL, "%s", wechatpay.DefaultBaseURL)
	case err != nil: // the connection says so
	case middleware.Trusted(parsed) == nil:
		p.ok(checkBaseURL, "%s", parsed.Host)
	case parsed.Scheme != "https" || private(parsed.Hostname()):
		p.fail(checkBaseURL, fmt.Sprintf(p.T("calls go to %s, not to WeChat Pay", "请求发往 %s，而非微信支付"), parsed.Host), p.T("leave WECHATPAY_BASE_URL out in production", "生产环境不设置 WECHATPAY_BASE_URL"))
	default:
		p.skip(checkBaseURL, fmt.Sprintf(p.T("calls go to %s: is it a proxy of yours?", "请求发往 %s：这是自有代理吗？"), parsed.Host))
	}
}

// checkBackup: the second host can be reached, where the first is WeChat Pay's.
func (p *patient) checkBackup(ctx context.Context, transport http.RoundTripper, target *url.URL) {
	hosts := middleware.Mainland()
	first, err := url.Parse(hosts[0])
	if err != nil || target.Host != first.Host {
		p.skip(checkBackup, p.T("only api.mch.weixin.qq.com has one", "仅 api.mch.weixin.qq.com 有备用域名"))
		return
	}
	for _, host := range hosts[1:] {
		backup, err := url.Parse(host)
		if err != nil {
			continue
		}
		backup.Path = "/" + merchantTarget
		if _, err := p.get(ctx, transport, backup, nil); err != nil {
			p.fail(checkBackup, fmt.Sprintf(p.T("%s cannot be reached: %v", "无法连接 %s：%v"), backup.Host, withoutURL(err)), p.T("let it pass the firewall, for Config.Failover", "在防火墙放行，供 Config.Failover 使用"))
			return
		}
		p.ok(checkBackup, p.T("%s answers", "%s 有应答"), backup.Host)
	}
}

// renewBefore is how long before its end a certificate should be replaced.
const renewBefore = 30 * 24 * time.Hour

func (p *patient) checkRenewal() {
	if p.certificate == nil || p.report.of(checkValidity) != OK {
		return
	}
	switch left := p.certificate.NotAfter.Sub(p.now()); {
	case left < renewBefore:
		p.fail(checkRenewal, fmt.Sprintf(p.T("the API certificate ends in %d days", "商户 API 证书将在 %d 天后过期"), int(left/(24*time.Hour))), p.T("apply for a new one now; both are valid until you end the old one", "现在就申请新证书；作废旧证书之前两者均有效"))
	default:
		p.ok(checkRenewal, "%s", p.T("due 30 days before the end of the certificate", "在证书到期前 30 天更换"))
	}
}

// checkModes: nobody else on the machine reads the keys.
func (p *patient) checkModes() {
	if runtime.GOOS == "windows" {
		p.skip(checkModes, p.T("Windows has no modes", "Windows 没有文件权限位"))
		return
	}
	checked := 0
	for _, name := range []string{"WECHATPAY_PRIVATE_KEY", "WECHATPAY_APIV3_KEY", "WECHATPAY_APIV2_KEY", "WECHATPAY_PRIVATE_KEY_PASSWORD"} {
		file := p.value(name + "_FILE")
		if file == "" {
			continue
		}
		info, err := os.Stat(file)
		if err != nil {
			continue // its own check says so
		}
		checked++
		const others fs.FileMode = 0o007
		if mode := info.Mode().Perm(); mode&others != 0 {
			p.fail(checkModes, fmt.Sprintf(p.T("everybody can open %s: %04o", "所有人可访问 %s：%04o"), source2name(file), mode), p.T("chmod 600, and give it to the user of the program", "chmod 600，并设为程序用户所有"))
			return
		}
	}
	if checked == 0 {
		p.skip(checkModes, p.T("no key is in a file", "没有密钥在文件中"))
		return
	}
	p.ok(checkModes, "%s", p.T("other users cannot open the key files", "密钥文件对其他用户不可访问"))
}

// checkBill applies for the bill of the day before yesterday, which moves nothing.
func (p *patient) checkBill(ctx context.Context, c *wechatpay.Client) {
	china := time.FixedZone("CST", 8*60*60)
	day := p.now().In(china).AddDate(0, 0, -2).Format(time.DateOnly)
	_, err := c.Chain("v3/bill/tradebill").Get(ctx, &wechatpay.Options{Query: wechatpay.M{"bill_date": day, "bill_type": "ALL"}})
	var api *wechatpay.APIError
	switch {
	case err == nil:
		p.ok(checkBill, p.T("that of %s can be downloaded", "%s 的账单可下载"), day)
	case errors.As(err, &api) && api.Verified && (api.Code == "NO_STATEMENT_EXIST" || api.Code == "STATEMENT_CREATING"):
		p.ok(checkBill, p.T("allowed; there is none of %s: %s", "有权限；%s 没有账单：%s"), day, api.Code)
	default:
		p.fail(checkBill, trimmed(err), p.T("see wechatpay doctor explain", "见 wechatpay doctor explain"))
	}
}

// orderPath is where the order is made that --order asks for.
const orderPath = "v3/pay/transactions/native"

// checkOrder makes an order of 1 fen and closes it, which proves that the AppID is bound and the
// product is open. It is asked for, and confirmed.
func (p *patient) checkOrder(ctx context.Context, c *wechatpay.Client, flags production) error {
	appid := p.value("WECHATPAY_APPID")
	switch {
	case !flags.order:
		p.skip(checkOrder, p.T("--order makes one of 1 fen and closes it, to see that the AppID is bound and Native is open", "--order 下一笔 1 分的订单并关闭，以确认 AppID 已绑定、Native 已开通"))
		return nil
	case appid == "":
		p.fail(checkOrder, p.T("WECHATPAY_APPID is missing", "缺少 WECHATPAY_APPID"), p.T("set it to the AppID of your orders", "设为下单所用的 AppID"))
		return nil
	}
	const description = "wechatpay doctor"
	number := "doctor" + strings.ToLower(signer.Nonce())[:24]
	notifyURL := flags.notifyURL
	if notifyURL == "" {
		notifyURL = "https://pay.weixin.qq.com/" // the order is closed before anybody pays it
	}
	body, err := json.Marshal(wechatpay.M{
		"appid": appid, "mchid": p.caller, "description": description, "out_trade_no": number,
		"notify_url": notifyURL, "amount": wechatpay.M{"total": 1, "currency": "CNY"},
	})
	if err != nil {
		return err
	}
	if err := p.Care(ctx, app.Request{Method: http.MethodPost, Path: orderPath, Body: body}); err != nil {
		return err
	}
	p.makeAndClose(ctx, c, number, body)
	return nil
}

// makeAndClose makes an order. What may have been made is closed.
func (p *patient) makeAndClose(ctx context.Context, c *wechatpay.Client, number string, body json.RawMessage) {
	_, made := c.Chain(orderPath).Post(ctx, &wechatpay.Options{JSON: body})
	if made != nil {
		p.fail(checkOrder, trimmed(made), p.T("bind the AppID to the merchant, and open Native, in the console", "在商户平台绑定 AppID，并开通 Native 支付"))
		if !wechatpay.OutcomeUnknown(made) {
			return
		}
	}
	_, closed := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close").Post(ctx, &wechatpay.Options{
		Vars: wechatpay.M{"out_trade_no": number}, JSON: wechatpay.M{"mchid": p.caller},
	})
	switch {
	case closed != nil:
		p.fail(checkOrder, trimmed(closed), fmt.Sprintf(p.T("close order %s by hand", "手工关闭订单 %s"), number))
	case made == nil:
		p.ok(checkOrder, p.T("%s was made and closed: the AppID is bound, Native is open", "%s 已下单并关闭：AppID 已绑定，Native 已开通"), number)
	}
}

// checkCouponURL: a brand that sells coupons has said where their events go.
func (p *patient) checkCouponURL(ctx context.Context, c *wechatpay.Client) {
	resp, err := c.Chain(brandTarget).Get(ctx, nil)
	switch {
	case err != nil:
		p.fail(checkCouponURL, trimmed(err), p.T("set it with POST ", "用此接口设置：POST ")+brandTarget)
	case resp.Get("notify_url").String() == "":
		p.fail(checkCouponURL, p.T("none is set", "未设置"), p.T("set it with POST ", "用此接口设置：POST ")+brandTarget)
	default:
		p.ok(checkCouponURL, "%s", resp.Get("notify_url").String())
	}
}
