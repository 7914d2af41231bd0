package guide_test

import (
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestProxies(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	cfg := wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey, PlatformKeys: s.Credentials.PlatformKeys(),
	}
	var seen []string
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		seen = append(seen, r.In.Host+r.In.URL.Path)
		r.SetURL(target)
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/wechatpay")
	}})
	defer proxy.Close()
	calls := func(c *wechatpay.Client, err error) {
		require.NoError(t, err)
		defer c.CloseIdleConnections()
		resp, err := c.Chain("v3/certificates").Get(t.Context(), nil)
		require.NoError(t, err)
		assert.True(t, resp.Verified)
	}
	calls(guide.ThroughReverseProxy(cfg, proxy.URL+"/wechatpay/"))
	assert.Contains(t, seen[0], "/wechatpay/v3/certificates")

	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	cfg.BaseURL = "http://gateway.example/" // the proxy knows the way
	calls(guide.ThroughForwardProxy(cfg, address))
	assert.Equal(t, "gateway.example/v3/certificates", seen[1])

	cfg.BaseURL = ""
	c, err := guide.WithBackup(cfg)
	require.NoError(t, err)
	assert.Contains(t, c.String(), "failover")
}
