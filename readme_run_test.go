package wechatpay_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// readmeClient is the client of the configuration snippet, with the files and the
// environment of its own sandbox, in a folder of the test.
func readmeClient(t *testing.T) (*wechatpay.Client, *sandboxtest.Sandbox) {
	t.Helper()
	s := sandboxtest.New(t, sandboxtest.WithConfig(sandbox.Config{Echo: true})) // for made-up paths
	cred := s.Credentials
	t.Chdir(t.TempDir())
	key, err := x509.MarshalPKCS8PrivateKey(cred.PrivateKey)
	require.NoError(t, err)
	pub, err := x509.MarshalPKIXPublicKey(cred.PublicKey)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"apiclient_key.pem":  {Type: "PRIVATE KEY", Bytes: key},
		"apiclient_cert.pem": {Type: "CERTIFICATE", Bytes: cred.Certificate.Raw},
		"pub_key.pem":        {Type: "PUBLIC KEY", Bytes: pub},
	} {
		require.NoError(t, os.WriteFile(name, pem.EncodeToMemory(block), 0o600))
	}
	t.Setenv("WECHATPAY_MCHID", cred.MchID)
	t.Setenv("WECHATPAY_PUBLIC_KEY_ID", cred.PublicKeyID)
	t.Setenv("WECHATPAY_APIV3_KEY", cred.APIv3Key.Reveal())
	t.Setenv("WECHATPAY_BASE_URL", s.URL)
	c, err := newClient()
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c, s
}

func TestREADMECalls(t *testing.T) {
	c, s := readmeClient(t)
	mchid := s.Credentials.MchID
	_, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": "1217752501201407033233368018",
		"notify_url": "https://www.weixin.qq.com/wxpay/pay.php", "amount": wechatpay.M{"total": 100},
		"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"contract_info": wechatpay.M{"contract_code": "100001256"},
	}})
	require.NoError(t, err)
	require.NoError(t, readmeQuery(t.Context(), c, mchid))
	require.NoError(t, readmeTyped(t.Context(), c, mchid))
	assert.Equal(t, int64(100), readmeDocument().Get("amount.total").Int())

	_, err = c.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": "TO-REFUND-1",
		"notify_url": "https://www.weixin.qq.com/wxpay/pay.php", "amount": wechatpay.M{"total": 100},
	}})
	require.NoError(t, err)
	_, err = s.Gateway.Pay("TO-REFUND-1")
	require.NoError(t, err)
	refund := &wechatpay.Options{JSON: wechatpay.M{
		"out_trade_no": "TO-REFUND-1", "out_refund_no": "REFUND-1", "amount": wechatpay.M{"refund": 1, "total": 100, "currency": "CNY"},
	}}
	resp, err := readmeFutures(t.Context(), c, refund, []string{"REFUND-1", "REFUND-2"})
	require.NoError(t, err)
	assert.Equal(t, "REFUND-1", resp.Get("out_refund_no").String())

	require.NoError(t, readmePay(t.Context(), c, "wx1", "wx2", func(data []byte) {
		assert.Contains(t, string(data), `"package":"prepay_id=wx2"`)
	}))

	resp, err = readmeEncrypt(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("decrypted.contact_info.contact_name").Str)

	require.NoError(t, os.WriteFile("licence.png", []byte("\x89PNG\r\n\x1a\n"), 0o600))
	s.Gateway.PutBill("/v3/bill/tradebill", func(w io.Writer) error { _, err := io.WriteString(w, "a bill"); return err })
	require.NoError(t, readmeFiles(t.Context(), c, yesterday()))
}

func TestREADMEErrors(t *testing.T) {
	c, _ := readmeClient(t)
	for _, fault := range []string{"", "probe", "unsigned-400", "rate-429"} {
		_, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {fault}}})
		assert.Equal(t, fault == "", err == nil, "%q: %v", fault, err)
		readmeErrors(err)
	}
	_, err := c.Chain("v3/../x").Post(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrInvalid)
	readmeErrors(err)
}

func TestREADMENotifications(t *testing.T) {
	c, s := readmeClient(t)
	mux, settled := http.NewServeMux(), ""
	require.NoError(t, readmeNotifications(c, mux, func(_ context.Context, number string, total int64) error {
		settled = fmt.Sprint(number, total)
		return nil
	}))
	shop := httptest.NewServer(mux)
	defer shop.Close()
	_, err := s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: shop.URL + "/wechatpay/notify"}, sandbox.Notification{
		EventType: notify.TransactionSuccess, OriginalType: "transaction",
		Resource: wechatpay.M{"out_trade_no": "T", "amount": wechatpay.M{"total": 100}},
	})
	require.NoError(t, err)
	assert.Equal(t, "T100", settled)

	const number = "1217752501201407033233368018"
	_, err = c.Chain("v3/pay/transactions/jsapi-with-contract").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": s.Credentials.MchID, "description": "公仔", "out_trade_no": number,
		"notify_url": "https://www.weixin.qq.com/wxpay/pay.php", "amount": wechatpay.M{"total": 7},
		"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
		"contract_info": wechatpay.M{"contract_code": "100001256"},
	}})
	require.NoError(t, err)
	require.NoError(t, readmeSandbox(t.Context(), s.Gateway, number, shop.URL+"/wechatpay/notify"))
	assert.Equal(t, number+"7", settled)
}

func TestREADMEMerchants(t *testing.T) {
	mux, settled := http.NewServeMux(), []string{}
	clients, apiV3Keys := map[string]*wechatpay.Client{}, map[string]cipher.Secret{}
	gateways := map[string]*sandbox.Gateway{}
	for _, mchid := range []string{"1900000001", "1900000002"} {
		g, err := sandbox.New(sandbox.Config{MchID: mchid})
		require.NoError(t, err)
		cred := g.Credentials()
		clients[mchid], err = wechatpay.New(wechatpay.Config{
			MchID: mchid, Serial: cred.Serial, PrivateKey: cred.PrivateKey, PlatformKeys: cred.PlatformKeys(),
		})
		require.NoError(t, err)
		gateways[mchid], apiV3Keys[mchid] = g, cred.APIv3Key
	}
	require.NoError(t, readmeMerchants(clients, apiV3Keys, mux, func(_ context.Context, mchid, number string, _ int64) error {
		settled = append(settled, mchid+" "+number)
		return nil
	}))
	shop := httptest.NewServer(mux)
	defer shop.Close()
	for _, mchid := range []string{"1900000001", "1900000002"} {
		_, err := gateways[mchid].Deliver(t.Context(), sandbox.Delivery{URL: shop.URL + "/wechatpay/notify"}, sandbox.Notification{
			EventType: notify.TransactionSuccess, OriginalType: "transaction",
			Resource: wechatpay.M{"out_trade_no": "T", "amount": wechatpay.M{"total": 100}},
		})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"1900000001 T", "1900000002 T"}, settled)
}

func TestREADMEConfigurations(t *testing.T) {
	c, s := readmeClient(t)
	cred := s.Credentials
	require.NoError(t, readmeStack(cred))
	overseas, err := readmeOverseas(cred)
	require.NoError(t, err)
	assert.Contains(t, overseas.String(), "apihk")

	require.NoError(t, readmeBrand(t.Context(), cred.Brand, s.URL))

	require.NoError(t, readmeV2(t.Context(), cred.MchID, cred.APIv2Key, s.URL))
	till := sandboxtest.New(t)
	cashier, err := wechatpay.New(wechatpay.Config{
		MchID: till.Gateway.Credentials().MchID, APIv2Key: till.Gateway.Credentials().APIv2Key,
		Certificate: till.Gateway.Credentials().TLSCertificate(), BaseURL: till.URL,
	})
	require.NoError(t, err)
	t.Cleanup(cashier.CloseIdleConnections)
	require.NoError(t, readmeMicropay(t.Context(), cashier, "134567890123456789"))

	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	require.NoError(t, readmeKeyring(t.Context(), cred.MchID, cred.Serial, c.Signer(), cred.PublicKeyID, cred.PublicKey))
	files, err := filepath.Glob("platform-certificates/*.pem")
	require.NoError(t, err)
	assert.NotEmpty(t, files)
}

// A readme is what the tests compare of a README.
type readme struct {
	program string   // the first call, a whole program, as written
	blocks  []string // without comments, which are in the language of the README
	counts  map[string]int
}

func readReadme(t *testing.T, name string) readme {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	r := readme{counts: map[string]int{}}
	for _, part := range []string{"\n## ", "\n| ", "](examples/"} {
		r.counts[part] = strings.Count(string(text), part)
	}
	for _, match := range regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(match[2], "package main") {
			r.program = match[2]
		}
		r.blocks = append(r.blocks, match[1]+"\n"+stripped(match[2]))
	}
	return r
}

// TestREADMEsEqual: each Go block of both READMEs stands in a readme_test.go, that of the root or of
// batch, and both have the same blocks, tables and headings.
func TestREADMEsEqual(t *testing.T) {
	t.Parallel()
	compiled := ""
	for _, file := range []string{"readme_test.go", "batch/readme_test.go"} {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		compiled += stripped(string(source))
	}
	english, chinese := readReadme(t, "README.md"), readReadme(t, "README.zh-CN.md")
	assert.Equal(t, english.blocks, chinese.blocks)
	assert.Equal(t, english.counts, chinese.counts)
	assert.GreaterOrEqual(t, len(english.blocks), 15)
	for _, block := range english.blocks {
		if code, isGo := strings.CutPrefix(block, "go\n"); isGo && !strings.HasPrefix(code, "package main") {
			assert.Contains(t, compiled, code)
		}
	}
}

func TestREADMEProgramRuns(t *testing.T) {
	t.Parallel()
	program := readReadme(t, "README.md").program
	require.NotEmpty(t, program)
	file := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(file, []byte(program), 0o600))
	output, err := exec.CommandContext(t.Context(), "go", "run", file).CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Regexp(t, `^wx\w+ true\n$`, string(output))
}

var comment = regexp.MustCompile(`(^|\s)//.*`)

// stripped takes comments and indentation away: the first differ by language, the second
// inside of a function.
func stripped(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(comment.ReplaceAllString(strings.TrimSpace(line), "")); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// TestREADMEV2: an order of APIv2 whose parameters are signed, and whose notification comes.
func TestREADMEV2(t *testing.T) {
	s := sandboxtest.New(t)
	cred := s.Gateway.Credentials()
	settled := make(chan string, 1)
	mux := http.NewServeMux()
	require.NoError(t, readmeNotificationsV2(cred.MchID, cred.APIv2Key, mux, func(_ context.Context, number string, total int64) error {
		settled <- fmt.Sprint(number, " ", total)
		return nil
	}))
	shop := httptest.NewServer(mux)
	t.Cleanup(shop.Close)
	c, err := wechatpay.New(wechatpay.Config{MchID: cred.MchID, APIv2Key: cred.APIv2Key, BaseURL: s.URL})
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	reply, err := c.Chain("v2/pay/unifiedorder").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
		"appid": "wxd678efh567hg6787", "body": "QQ公仔", "out_trade_no": "README-V2", "total_fee": 100, "spbill_create_ip": "127.0.0.1",
		"notify_url": shop.URL + "/wechatpay/v2", "trade_type": "JSAPI", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
	}})
	require.NoError(t, err)
	require.NoError(t, readmePayV2(reply, cred.APIv2Key, func(data []byte) {
		assert.Contains(t, string(data), `"signType":"MD5"`)
	}))
	_, err = s.Gateway.Pay("README-V2")
	require.NoError(t, err)
	assert.Equal(t, "README-V2 100", <-settled)
}
