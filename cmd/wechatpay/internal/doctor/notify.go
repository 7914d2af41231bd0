package doctor

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// notifyWithin is how long WeChat Pay waits for the answer to a webhook.
const notifyWithin = 5 * time.Second

// checkNotify looks at the form of the address of webhooks.
func (p *patient) checkNotify(address string) {
	if address == "" {
		p.skip(checkNotify, p.T("name it by --notify-url, to see that it can take webhooks", "用 --notify-url 指定，以确认能接收回调"))
		return
	}
	parsed, err := url.Parse(address)
	fix := p.T("use https://, a domain that the internet knows, and a path of its own", "使用 https://、公网域名与独立的路径")
	switch {
	case err != nil || parsed.Host == "":
		p.fail(checkNotify, p.T("it is not a URL", "不是 URL"), fix)
	case strings.ContainsAny(address, " \t\r\n　"):
		p.fail(checkNotify, p.T("there are blanks in it", "含有空白字符"), p.T("remove them", "去掉空白字符"))
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		p.fail(checkNotify, p.T("it has a query or a fragment", "带有查询串或片段"), p.T("put what you need into the path", "所需信息放在路径中"))
	case private(parsed.Hostname()):
		p.fail(checkNotify, fmt.Sprintf(p.T("the internet does not reach %s", "外网无法访问 %s"), parsed.Hostname()), fix)
	case parsed.Scheme != "https":
		p.fail(checkNotify, p.T("it is not https", "不是 https"), fix)
	case strings.Trim(parsed.Path, "/") == "":
		p.fail(checkNotify, p.T("it has no path", "没有路径"), fix)
	default:
		p.ok(checkNotify, "%s", parsed.Host+parsed.Path)
	}
}

// private reports whether a host is none of the internet.
func private(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsUnspecified()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal")
}

// tryNotify sends the address what a stranger could send, and a probe like WeChat Pay's. Both
// have a wrong signature, so that a program that takes either of them can be robbed.
func (p *patient) tryNotify(ctx context.Context, address string) {
	parsed, err := url.Parse(address)
	if address == "" || err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return
	}
	forged := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{'x'}, 256)) //nolint:mnd // as long as a signature
	slowest := time.Duration(0)
	for _, row := range []struct{ check, signature string }{{checkForgeries, forged}, {checkProbes, "WECHATPAY/SIGNTEST/" + forged}} {
		began := time.Now()
		reply, err := p.notifyWith(ctx, parsed, row.signature)
		slowest = max(slowest, time.Since(began))
		if err != nil {
			p.fail(checkReachable, fmt.Sprint(withoutURL(err)), p.unreachableNotify(err))
			return
		}
		if fix := p.misplaced(reply); fix != "" {
			p.fail(checkReachable, fmt.Sprintf(p.T("it answers %s", "应答 %s"), reply.Status), fix)
			return
		}
		if reply.StatusCode/100 == 2 { //nolint:mnd // the class of success
			p.fail(row.check, fmt.Sprintf(p.T("it answers %s to a wrong signature", "对错误签名应答 %s"), reply.Status), p.T("verify before anything else, and answer 401: package notify does", "先验签，失败应答 401：notify 包即如此"))
		} else {
			p.ok(row.check, p.T("answers %d", "应答 %d"), reply.StatusCode)
		}
	}
	p.ok(checkReachable, "%s", p.T("from this machine; a firewall may still stop WeChat Pay", "本机可达；防火墙仍可能拦截微信支付"))
	p.ok(checkNotifyTime, p.T("%d ms for what it refuses; settle orders within 5 seconds, too", "拒绝请求用时 %d 毫秒；正常处理也须在 5 秒内"), slowest.Milliseconds())
}

// notifyWith sends a webhook with a signature that nobody made.
func (p *patient) notifyWith(ctx context.Context, address *url.URL, signature string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	const body = `{"id":"wechatpay-doctor","create_time":"2020-01-01T00:00:00+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS",` +
		`"summary":"wechatpay doctor","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"","associated_data":"transaction","nonce":"wechatpay123"}}`
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	serial := p.publicKeyID
	if serial == "" {
		for id := range p.trusted {
			serial = id
		}
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "wechatpay-doctor", signer.HeaderSerial: serial, signer.HeaderNonce: signer.Nonce(),
		signer.HeaderTimestamp: strconv.FormatInt(p.now().Unix(), 10), signer.HeaderSignature: signature, "Wechatpay-Signature-Type": signer.RSA.Name,
	} {
		r.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	reply, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = reply.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	return &answer{reply, said}, err
}

// misplaced is what to do about an answer that no handler of webhooks gives; "" if it may be one.
func (p *patient) misplaced(reply *answer) string {
	switch {
	case reply.StatusCode/100 == 3: //nolint:mnd // the class of redirects
		return p.T("WeChat Pay follows no redirect: name the final address, and let it pass without a login", "微信支付不跟随重定向：填写最终地址，且不要求登录")
	case reply.StatusCode == http.StatusNotFound, reply.StatusCode == http.StatusMethodNotAllowed:
		return p.T("nothing takes a POST there: compare the path with that of the handler", "该处不接受 POST：核对路径与处理器")
	case reply.Header.Get("WWW-Authenticate") != "":
		return p.T("a login stands before it: let this path pass without one", "前面有登录拦截：放行此路径")
	case reply.StatusCode == http.StatusBadGateway, reply.StatusCode == http.StatusServiceUnavailable, reply.StatusCode == http.StatusGatewayTimeout:
		return p.T("the proxy does not reach the program behind it", "代理无法访问其后的程序")
	}
	return ""
}

// unreachableNotify is what to do about a webhook that was not answered.
func (p *patient) unreachableNotify(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return p.T("check the DNS of the domain", "检查域名解析")
	case errors.Is(err, context.DeadlineExceeded):
		return p.T("answer within 5 seconds: WeChat Pay waits no longer", "5 秒内应答：微信支付不会等更久")
	}
	return p.T("check that the program runs, its certificate and the firewall", "检查程序是否运行、证书与防火墙")
}
