package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The harmless call: of a merchant the platform certificates, of a brand where its notifications go.
const (
	merchantTarget = "v3/certificates"
	brandTarget    = "brand/marketing/product-coupon/notify-configs"
)

// maxReply is more than either call returns.
const maxReply = 1 << 20

// An answer is a reply that was read.
type answer struct {
	*http.Response
	body []byte
}

// reach finds out whether the gateway answers, and what its clock says.
func (p *patient) reach(ctx context.Context, transport http.RoundTripper) (target *url.URL, ok bool) {
	target, err := p.target()
	if err != nil {
		p.fail(checkConnection, trimmed(err), p.T("correct WECHATPAY_BASE_URL, or leave it out", "修改 WECHATPAY_BASE_URL，或不设置"))
		return nil, false
	}
	return target, p.checkConnection(ctx, transport, target)
}

// online makes the checks by a signed call, unless it would be refused because of what was found.
func (p *patient) online(ctx context.Context, transport http.RoundTripper, target *url.URL) {
	for _, check := range []string{checkCaller, checkKey, checkCertificate, checkValidity, checkPair, checkSerial} {
		if p.report.of(check) == Failed {
			p.skip(checkCall, fmt.Sprintf(p.T("not made: WeChat Pay would refuse it; mend %q first", "未发出：会被微信支付拒绝；请先解决 %q"), check))
			return
		}
	}
	if p.key == nil || p.serial == "" {
		p.skip(checkCall, p.T("not made: there is no key to sign it with", "未发出：没有可用于签名的私钥"))
		return
	}
	p.call(ctx, transport, target)
}

func (p *patient) target() (*url.URL, error) {
	base, err := url.Parse(cmp.Or(p.value("WECHATPAY_BASE_URL"), wechatpay.DefaultBaseURL))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New(p.T("WECHATPAY_BASE_URL is not an http or https URL", "WECHATPAY_BASE_URL 不是 http 或 https 的 URL")) // it may hold a password
	}
	target := merchantTarget
	if p.brand {
		target = brandTarget
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: strings.TrimSuffix(base.Path, "/") + "/" + target}, nil
}

// checkConnection calls without a signature, and compares the clocks.
func (p *patient) checkConnection(ctx context.Context, transport http.RoundTripper, target *url.URL) (ok bool) {
	began := time.Now()
	reply, err := p.get(ctx, transport, target, nil)
	took := time.Since(began)
	if err != nil {
		p.fail(checkConnection, fmt.Sprintf(p.T("%s cannot be reached: %v", "无法连接 %s：%v"), target.Host, withoutURL(err)), p.unreachable(err))
		return false
	}
	if reply.StatusCode >= http.StatusInternalServerError {
		p.fail(checkConnection, fmt.Sprintf(p.T("%s answers %s", "%s 应答 %s"), target.Host, reply.Status), p.T("it is the gateway or a proxy on the way; try again later, or look at the proxy", "是网关或中间代理的问题；稍后再试，或检查代理"))
		return false
	}
	p.ok(checkConnection, p.T("%s answers in %d ms", "%s 在 %d 毫秒内应答"), target.Host, took.Milliseconds())
	theirs, err := http.ParseTime(reply.Header.Get("Date"))
	if err != nil {
		p.skip(checkClock, p.T("the reply has no Date", "应答没有 Date"))
		return true
	}
	ahead := p.Now().Add(-took / 2).Sub(theirs).Truncate(time.Second)
	switch off := ahead.Abs(); {
	case off > signer.Tolerance:
		p.fail(checkClock, fmt.Sprintf(p.T("this machine is %s, WeChat Pay takes %s at most", "本机时钟%s，微信支付最多允许 %s"), p.direction(ahead), signer.Tolerance), p.T("set the clock, and keep it by NTP", "校准时钟，并用 NTP 保持同步"))
	case off > time.Minute:
		p.ok(checkClock, p.T("this machine is %s; keep it by NTP before it is too far", "本机时钟%s；请用 NTP 同步"), p.direction(ahead))
	default:
		ahead = 0 // a Date has whole seconds
		p.ok(checkClock, "%s", p.T("agrees with the server's", "与服务器一致"))
	}
	p.ahead = ahead
	return true
}

func (p *patient) direction(ahead time.Duration) string {
	if ahead < 0 {
		return fmt.Sprintf(p.T("%s behind the server", "比服务器慢 %s"), -ahead)
	}
	return fmt.Sprintf(p.T("%s ahead of the server", "比服务器快 %s"), ahead)
}

// unreachable is what to do about an error of the connection.
func (p *patient) unreachable(err error) string {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &dns):
		return p.T("check the DNS of this machine, and the host in WECHATPAY_BASE_URL", "检查本机 DNS 与 WECHATPAY_BASE_URL 的主机名")
	case errors.As(err, &authority):
		return p.T("something on the way decrypts TLS: let WeChat Pay's hosts pass, or trust its certificate", "链路上有设备解密 TLS：放行微信支付域名，或信任其证书")
	case errors.Is(err, context.DeadlineExceeded):
		return p.T("check the firewall and HTTPS_PROXY: nothing answered", "检查防火墙与 HTTPS_PROXY：没有应答")
	}
	return p.T("check the network, the firewall, HTTPS_PROXY and WECHATPAY_BASE_URL; the host must be reached by its name", "检查网络、防火墙、HTTPS_PROXY 与 WECHATPAY_BASE_URL；须用域名访问")
}

// withoutURL is an error of a request without its URL, which may hold a password.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// get calls the target with a header, and reads the reply.
func (p *patient) get(ctx context.Context, transport http.RoundTripper, target *url.URL, header http.Header) (*answer, error) {
	const within = 15 * time.Second
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[name] = values
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "wechatpay-doctor")
	reply, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	return &answer{reply, body}, err
}

// call signs the call, and looks at what came back.
func (p *patient) call(ctx context.Context, transport http.RoundTripper, target *url.URL) {
	sign, err := signer.New(p.key)
	if err != nil {
		p.fail(checkCall, trimmed(err), p.T("use an RSA key", "使用 RSA 私钥"))
		return
	}
	scheme := signer.RSA
	if p.brand {
		scheme = signer.Brand
	}
	request := signer.Request{
		Method: http.MethodGet, Target: target.RequestURI(), Timestamp: strconv.FormatInt(p.now().Unix(), 10), Nonce: signer.Nonce(),
	}
	credential := signer.Credential{ID: p.caller, Serial: strings.ToUpper(p.serial), Signer: signer.SignAs(scheme, sign)}
	authorization, err := credential.Authorize(ctx, request)
	if err != nil {
		p.fail(checkCall, trimmed(err), p.T("correct what it names", "按提示修改"))
		return
	}
	header := http.Header{"Authorization": {authorization}}
	if p.publicKeyID != "" {
		header.Set(signer.HeaderSerial, p.publicKeyID)
	}
	reply, err := p.get(ctx, transport, target, header)
	if err != nil {
		p.fail(checkCall, fmt.Sprint(withoutURL(err)), p.unreachable(err))
		return
	}
	if p.accepted(reply, signer.RequestMessage(request)) {
		p.checkReply(ctx, reply, scheme)
	}
}
