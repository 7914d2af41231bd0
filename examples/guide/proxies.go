package guide

import (
	"net/http"
	"net/url"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// ThroughForwardProxy sends cfg's calls through an HTTP proxy that is not in HTTPS_PROXY.
func ThroughForwardProxy(cfg wechatpay.Config, proxy *url.URL) (*wechatpay.Client, error) {
	transport := wechatpay.NewTransport()
	transport.Proxy = http.ProxyURL(proxy)
	cfg.Transport = transport
	return wechatpay.New(cfg)
}

// ThroughReverseProxy sends cfg's calls to a gateway of the company, which passes them on to WeChat Pay.
func ThroughReverseProxy(cfg wechatpay.Config, gateway string) (*wechatpay.Client, error) {
	cfg.ReverseProxy = gateway // such as https://gateway.example.com/wechatpay/
	return wechatpay.New(cfg)
}

// WithBackup moves to api2.mch.weixin.qq.com while api.mch.weixin.qq.com cannot be reached.
func WithBackup(cfg wechatpay.Config) (*wechatpay.Client, error) {
	cfg.Failover = middleware.Mainland()
	return wechatpay.New(cfg)
}
