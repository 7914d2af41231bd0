package wechatpay_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The functions below hold the README's snippets, line by line. The compiler and
// TestReadmeSnippetsRun keep them working; TestReadmesShowWhatRuns keeps both
// READMEs equal to them.

func readmeCall(ctx context.Context, c *wechatpay.Client, mchid string) error {
	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"appid":         "wxd678efh567hg6787",
			"mchid":         mchid,
			"description":   "Image形象店-深圳腾大-QQ公仔",
			"out_trade_no":  "1217752501201407033233368018",
			"notify_url":    "https://www.weixin.qq.com/wxpay/pay.php",
			"amount":        wechatpay.M{"total": 100, "currency": "CNY"},
			"payer":         wechatpay.M{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
			"contract_info": wechatpay.M{"contract_code": "100001256"},
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(resp.Get("prepay_id"))

	order, err := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": "1217752501201407033233368018"},
		Query: wechatpay.M{"mchid": mchid},
	})
	if err != nil {
		return err
	}
	fmt.Println(order.Get("trade_state"))
	return nil
}

func readmeDocument() wechatpay.Document {
	body := wechatpay.NewDocument(nil).
		Set("amount.total", 100).
		Set("detail.goods_detail.0.quantity", 1)
	return body
}

func readmeTyped(ctx context.Context, c *wechatpay.Client, mchid string) error {
	transactions := openapi.V3(c).Pay().Transactions()
	order, err := transactions.OutTradeNo("1217752501201407033233368018").Get(ctx, &wechatpay.Options{
		Query: pay.TransactionsRequest{MchID: mchid},
	})
	if err != nil {
		return err
	}
	data, err := order.Data()
	if err != nil {
		return err
	}
	fmt.Println(data.TradeState, data.Amount.Total, order.Get("amount.currency"))

	_, err = transactions.OutTradeNo("1217752501201407033233368018").Close().Post(ctx, &wechatpay.Options{
		JSON: pay.TransactionsRequest{MchID: mchid},
	})
	if err != nil {
		return err
	}
	return nil
}

func newClient() (*wechatpay.Client, error) {
	key, err := keys.LoadPrivateKey(keys.File("apiclient_key.pem"))
	if err != nil {
		return nil, err
	}
	cert, err := keys.LoadCertificate(keys.File("apiclient_cert.pem"))
	if err != nil {
		return nil, err
	}
	pub, err := keys.LoadPublicKey(keys.File("pub_key.pem"))
	if err != nil {
		return nil, err
	}
	return wechatpay.New(wechatpay.Config{
		MchID:        os.Getenv("WECHATPAY_MCHID"),
		Serial:       signer.Serial(cert),
		PrivateKey:   key, // any crypto.Signer: a file, an HSM, a KMS
		PlatformKeys: keys.Set{os.Getenv("WECHATPAY_PUBLIC_KEY_ID"): pub},
		APIv3Key:     cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY")), // downloads platform certificates, if there are any
		BaseURL:      os.Getenv("WECHATPAY_BASE_URL"),                    // empty is https://api.mch.weixin.qq.com/
	})
}

func readmeFutures(ctx context.Context, c *wechatpay.Client, opts *wechatpay.Options, numbers iter.Seq[string]) (*wechatpay.Response, error) {
	resp, err := c.Chain("v3/refund/domestic/refunds").PostAsync(ctx, opts).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			fmt.Println("accepted", r.Get("refund_id"))
			return r, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			return nil, fmt.Errorf("refund: %w", err)
		}).
		Wait()

	for number, outcome := range future.Each(ctx, 64, numbers, func(ctx context.Context, number string) (*wechatpay.Response, error) {
		return c.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(ctx, &wechatpay.Options{
			Vars: wechatpay.M{"out_refund_no": number},
		})
	}) {
		if outcome.Err != nil {
			fmt.Println(number, outcome.Err)
		}
	}
	return resp, err
}

func readmeWebhooks(c *wechatpay.Client, mux *http.ServeMux, settle func(ctx context.Context, number string, total int64) error) error {
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY"))},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
					return settle(ctx, order.OutTradeNo, order.Amount.Total) // an error: it will be sent again
				}),
		},
	})
	if err != nil {
		return err
	}
	mux.Handle("POST /wechatpay/notify", handler)
	return nil
}

func readmeEncrypt(ctx context.Context, c *wechatpay.Client) (*wechatpay.Response, error) {
	resp, err := c.Chain("v3/applyment4sub/applyment/").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{
			"business_code": "1900013511_10000",
			"contact_info":  wechatpay.M{"contact_name": "张三", "mobile_phone": "13800000000"},
		},
		Encrypt: wechatpay.Auto(), // or by path: []string{"contact_info.contact_name", "accounts.#.card_no"}
	})
	return resp, err
}

func readmeBill(ctx context.Context, c *wechatpay.Client, yesterday string) error {
	bill, err := c.Chain("v3/bill/tradebill").Download(ctx, "trade.csv", &wechatpay.DownloadOptions{
		Query:    wechatpay.M{"bill_date": yesterday, "bill_type": "ALL", "tar_type": "GZIP"},
		Progress: func(done, _ int64) { fmt.Printf("\r%d bytes", done) },
	})
	if err != nil {
		return err
	}
	fmt.Println(bill.Path, bill.Size)
	return nil
}

func readmeUpload(ctx context.Context, c *wechatpay.Client) error {
	resp, err := c.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{
		Body: media.File("licence.png"), // or media.Bytes(name, data), media.Reader(name, r, size)
	})
	if err != nil {
		return err
	}
	fmt.Println(resp.Get("media_id"))
	return nil
}

func readmePay(ctx context.Context, sign signer.Signer, appid, prepayID string) error {
	jsapi, err := paysign.JSAPI(ctx, sign, paysign.JSAPIOrder{AppID: appid, PrepayID: prepayID}) // or App, H5URL; Instalments: 3
	if err != nil {
		return err
	}
	data, err := json.Marshal(jsapi) // {"appId": …, "timeStamp": …, "package": "prepay_id=…", "paySign": …}
	if err != nil {
		return err
	}
	fmt.Println(len(data) > 0)
	return nil
}

func readmeErrors(err error) {
	var api *wechatpay.APIError
	switch {
	case err == nil:
		fmt.Println("accepted")
	case wechatpay.OutcomeUnknown(err):
		fmt.Println("it may have taken effect: query with the same number first")
	case errors.As(err, &api):
		fmt.Println(api.StatusCode, api.Code, api.Message, api.Field(), api.RequestID)
	case errors.Is(err, wechatpay.ErrInvalid):
		fmt.Println("nothing was sent:", err) // it names the problem and the fix
	default:
		fmt.Println("a query that failed, a request that never left, or an error of your own:", err)
	}
}

func readmeStack(merchant sandbox.Credentials) error {
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		Failover:     middleware.Mainland(),
		Logger:       slog.Default(),
		Stack: func(s *middleware.Stack) error {
			return s.After("retry", "limit", middleware.Limit(middleware.LimitConfig{PerSecond: 50, InFlight: 100}))
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(c) // … retry → limit → failover → verify → log → sign → transport
	return nil
}

func readmeSandbox(use func(*wechatpay.Client, string) error) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	merchant := gateway.Credentials()
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	return use(c, merchant.MchID)
}

func TestReadmeSnippetsRun(t *testing.T) {
	require.NoError(t, readmeSandbox(func(c *wechatpay.Client, mchid string) error {
		defer c.CloseIdleConnections()
		if err := readmeCall(t.Context(), c, mchid); err != nil {
			return err
		}
		return readmeTyped(t.Context(), c, mchid)
	}))
	assert.Equal(t, int64(100), readmeDocument().Get("amount.total").Int())

	cred := gateway().Credentials()
	require.NoError(t, readmeStack(cred))
	server, err := gateway().Start()
	require.NoError(t, err)
	defer server.Close()
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
	t.Setenv("WECHATPAY_BASE_URL", server.URL)
	c, err := newClient()
	require.NoError(t, err)
	defer c.CloseIdleConnections()
	resp, err := c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, resp.Verified)

	refund := &wechatpay.Options{JSON: wechatpay.M{"out_refund_no": "R1"}}
	resp, err = readmeFutures(t.Context(), c, refund, slices.Values([]string{"R1", "R2"}))
	require.NoError(t, err)
	assert.Equal(t, "R1", resp.Get("json.out_refund_no").String())

	mux, settled := http.NewServeMux(), ""
	require.NoError(t, readmeWebhooks(c, mux, func(_ context.Context, number string, total int64) error {
		settled = fmt.Sprint(number, total)
		return nil
	}))
	shop := httptest.NewServer(mux)
	defer shop.Close()
	_, err = gateway().Deliver(t.Context(), sandbox.Delivery{URL: shop.URL + "/wechatpay/notify"}, sandbox.Notification{
		EventType: notify.TransactionSuccess, OriginalType: "transaction",
		Resource: wechatpay.M{"out_trade_no": "T", "amount": wechatpay.M{"total": 100}},
	})
	require.NoError(t, err)
	assert.Equal(t, "T100", settled)

	resp, err = readmeEncrypt(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, "张三", resp.Get("decrypted.contact_info.contact_name").Str)
	require.NoError(t, os.WriteFile("licence.png", []byte("\x89PNG\r\n\x1a\n"), 0o600))
	require.NoError(t, readmeUpload(t.Context(), c))
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	require.NoError(t, readmePay(t.Context(), sign, "wx1", "wx2"))
	gateway().PutBill("/v3/bill/tradebill", func(w io.Writer) error { _, err := io.WriteString(w, "a bill"); return err })
	require.NoError(t, readmeBill(t.Context(), c, yesterday()))

	readmeErrors(err)
	for _, fault := range []string{"probe", "unsigned-400"} {
		_, err = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {fault}}})
		readmeErrors(err)
	}
	_, err = c.Chain("v3/../x").Post(t.Context(), nil)
	readmeErrors(err)
}

// TestReadmesShowWhatRuns: each Go block of both READMEs stands in this file,
// and both have the same blocks, tables and headings.
// readmeImports are the imports of this file that the README names.
const readmeImports = `	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)
`

func TestReadmesShowWhatRuns(t *testing.T) {
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	running := trimmed(string(source)) + "import (\n" + trimmed(readmeImports)
	blocks := map[string][]string{}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile("(?s)```(\\w+)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			blocks[name] = append(blocks[name], match[2])
			if match[1] == "go" {
				assert.Contains(t, running, trimmed(match[2]), name)
			}
		}
		blocks[name] = append(blocks[name], fmt.Sprint(strings.Count(string(text), "\n## ")), fmt.Sprint(strings.Count(string(text), "\n| ")))
	}
	assert.Equal(t, blocks["README.md"], blocks["README.zh-CN.md"])
	assert.GreaterOrEqual(t, len(blocks["README.md"]), 9)
}

// trimmed takes the indentation away, which differs inside of a function.
func trimmed(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}
