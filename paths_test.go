package wechatpay_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestPathsThatCannotBeMeant refuses what would certainly be a wrong URL, or the wrong host.
func TestPathsThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	const (
		production = "https://api.mch.weixin.qq.com/v3/x"
		sandbox    = "http://127.0.0.1:8080"
		refused    = "Chain: the absolute URL is on api.mch.weixin.qq.com, but the base URL is http://127.0.0.1:8080; " +
			"set Options.BaseURL to https://api.mch.weixin.qq.com if production is meant, or Config.ReverseProxy if http://127.0.0.1:8080 is a proxy"
		twice = "the path begins with it, so that it is sent twice; remove it from one of them"
	)
	for _, tc := range []struct {
		name, base, path, call string
		want                   string // the error, or the URL
	}{
		{"v3 twice", "https://api.mch.weixin.qq.com/v3/", "v3/x", "", "Chain: the base URL ends in /v3 and " + twice},
		{"v3 twice, with a slash", "https://api.mch.weixin.qq.com/v3", "/v3/x", "", "Chain: the base URL ends in /v3 and " + twice},
		{"v3 twice, in the options", "", "v3/x", "https://api.mch.weixin.qq.com/v3", "Chain: the base URL ends in /v3 and " + twice},
		{"hk twice", "https://api.mch.weixin.qq.com/hk/", "hk/v3/x", "", "Chain: the base URL ends in /hk and " + twice},
		{"v3 in the base only", "https://api.mch.weixin.qq.com/v3/", "x", "", production},
		{"a name that begins alike", "https://api.mch.weixin.qq.com/v3/", "v30/x", "", "https://api.mch.weixin.qq.com/v3/v30/x"},
		{"production from a sandbox", sandbox, production, "", refused},
		{"production from a sandbox, asked for", sandbox, production, "https://api.mch.weixin.qq.com", production},
		{"production from a sandbox, with the sandbox asked for", sandbox, production, sandbox, refused},
		{"another host of production, asked for", sandbox, "https://pay.wechatpay.cn/v3/x", "https://api.mch.weixin.qq.com", "https://pay.wechatpay.cn/v3/x"},
		{"the sandbox from itself", sandbox, sandbox + "/v3/x", "", sandbox + "/v3/x"},
		{"the sandbox from itself, asked for", sandbox, sandbox + "/v3/x", sandbox, sandbox + "/v3/x"},
		{"the sandbox, but production asked for", sandbox, sandbox + "/v3/x", "https://api.mch.weixin.qq.com", "remove Options.BaseURL"},
		{"production from production", "", production, "", production},
		{"a path of production from a sandbox, asked for", sandbox, "v3/x", "https://api.mch.weixin.qq.com", production},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sent := ""
			c := answering(t, func(cfg *wechatpay.Config) {
				cfg.BaseURL, cfg.PlatformKeys, cfg.Verifier = tc.base, nil, noVerifier
			}, func(r *http.Request) (*http.Response, error) {
				sent = r.URL.String()
				resp := reply(200, "{}")
				resp.Header = newCanned().header
				return resp, nil
			})
			_, err := c.Chain(tc.path).Get(t.Context(), &wechatpay.Options{BaseURL: tc.call})
			if strings.HasPrefix(tc.want, "http") {
				require.NoError(t, err)
				assert.Equal(t, tc.want, sent)
				return
			}
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorContains(t, err, tc.want)
			assert.Empty(t, sent)
		})
	}
}

// TestAKeyIDThatBreaksTheHeader is refused before anything is sent, so that the outcome is
// known.
func TestAKeyIDThatBreaksTheHeader(t *testing.T) {
	t.Parallel()
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.PrivateKey, cfg.Signer = nil, brokenScheme{}
	}, func(*http.Request) (*http.Response, error) { panic("sent") })
	_, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{}})
	require.ErrorContains(t, err, "the value of header Authorization contains a line break")
	assert.False(t, wechatpay.OutcomeUnknown(err))
}

type brokenScheme struct{}

func (brokenScheme) Sign(context.Context, []byte) ([]byte, error) { return []byte("x"), nil }
func (brokenScheme) Scheme() signer.Scheme {
	return signer.Scheme{Name: "WECHATPAY2\n", IDParam: "mchid"}
}

// TestReverseProxy: the path of the proxy is sent, not signed, and everything passes it: calls,
// the downloads of keys, and the URLs that WeChat Pay returned.
func TestReverseProxy(t *testing.T) {
	t.Parallel()
	server, err := gateway().Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	backend, err := url.Parse(server.URL)
	require.NoError(t, err)
	var mu sync.Mutex
	var seen []string
	inner := httputil.NewSingleHostReverseProxy(backend)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	inner.Transport = transport
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.URL.Path)
		mu.Unlock()
		http.StripPrefix("/own/gateway", inner).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)

	cfg := config("")
	cfg.PlatformKeys, cfg.APIv3Key = nil, gateway().Credentials().APIv3Key
	cfg.ReverseProxy = proxy.URL + "/own/gateway/"
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	assert.Contains(t, c.String(), "sign → proxy → transport")

	resp, err := c.Chain("v3/anything").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
	require.NoError(t, err)
	assert.Equal(t, "/v3/anything", resp.Get("target").String(), "the proxy removes its path")
	assert.Equal(t, "https://api.mch.weixin.qq.com/v3/anything", resp.Request.URL.String())
	resp, err = c.Chain("https://pay.wechatpay.cn/v3/link?token=%2F").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "/v3/link?token=%2F", resp.Get("target").String())

	mu.Lock()
	defer mu.Unlock()
	assert.Contains(t, strings.Join(seen, " "), "/own/gateway/v3/certificates")
	for _, path := range seen {
		assert.True(t, strings.HasPrefix(path, "/own/gateway/v3/"), path)
	}
}

func TestReverseProxyRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, proxy, want string }{
		{"no host", "/own", "wechatpay: Config.ReverseProxy: has no scheme; write https:// (or http:// for a sandbox) in front of the host"},
		{"WeChat Pay over http", "http://api.mch.weixin.qq.com/", "wechatpay: Config.ReverseProxy: calls WeChat Pay over plain http; use https"},
		{"dots", "https://gateway.example/..", `wechatpay: Config.ReverseProxy: the path has the segment "..", which servers resolve away`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := config("")
			cfg.ReverseProxy = row.proxy
			_, err := wechatpay.New(cfg)
			require.EqualError(t, err, row.want)
		})
	}
	cfg := config("")
	cfg.ReverseProxy = "https://gateway.example/"
	cfg.Failover = []string{"https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com"}
	_, err := wechatpay.New(cfg)
	require.EqualError(t, err, "wechatpay: Config.ReverseProxy: is mutually exclusive with Failover; let the proxy choose the host")

	cfg = config("https://api.mch.weixin.qq.com/v3/")
	cfg.PlatformKeys, cfg.APIv3Key = nil, cipher.NewSecret(strings.Repeat("k", 32))
	_, err = wechatpay.New(cfg)
	require.EqualError(t, err, "wechatpay: Config.BaseURL: ends in /v3; remove that, since paths begin with v3/")
}

// TestDownloadFollowsItsBaseURL: a link to production is refused for a client of a sandbox.
func TestDownloadFollowsItsBaseURL(t *testing.T) {
	t.Parallel()
	var sent []string
	c := answering(t, func(cfg *wechatpay.Config) {
		cfg.BaseURL, cfg.PlatformKeys, cfg.Verifier = "http://127.0.0.1:8080", nil, noVerifier
	}, func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.URL.String())
		resp := reply(200, `{"download_url":"https://api.mch.weixin.qq.com/v3/billdownload/file","hash_type":"SHA1","hash_value":"00"}`)
		resp.Header = newCanned().header
		return resp, nil
	})
	_, err := c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(t.TempDir(), "a"), nil)
	require.ErrorContains(t, err, "the absolute URL is on api.mch.weixin.qq.com, but the base URL is http://127.0.0.1:8080")
	assert.Equal(t, []string{"http://127.0.0.1:8080/v3/bill/tradebill"}, sent)

	sent = nil
	_, err = c.Chain("v3/bill/tradebill").Download(t.Context(), filepath.Join(t.TempDir(), "a"), &wechatpay.DownloadOptions{
		BaseURL: "https://api.mch.weixin.qq.com/",
	})
	require.Error(t, err, "the digest does not match")
	assert.Contains(t, sent, "https://api.mch.weixin.qq.com/v3/billdownload/file")
}
