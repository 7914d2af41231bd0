package wechatpay_test

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/micropay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/pay"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// The functions of this file hold the READMEs' snippets, line by line, in the order of
// the READMEs. readme_run_test.go runs them, and compares both READMEs with this file.
// They take openapi/pay only: package openapi would compile every product with each test.

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
		APIv3Key:     cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY")), // also downloads platform certificates
		BaseURL:      os.Getenv("WECHATPAY_BASE_URL"),                    // empty: https://api.mch.weixin.qq.com/
	})
}

func readmeQuery(ctx context.Context, c *wechatpay.Client, mchid string) error {
	order, err := c.Chain("v3/pay/transactions/out-trade-no/{out_trade_no}").Get(ctx, &wechatpay.Options{
		Vars:  wechatpay.M{"out_trade_no": "1217752501201407033233368018"},
		Query: wechatpay.M{"mchid": mchid},
	})
	if err != nil {
		return err
	}
	fmt.Println(order.Get("trade_state"), order.Get("amount.total"))
	return nil
}

func readmeTyped(ctx context.Context, c *wechatpay.Client, mchid string) error {
	transactions := pay.New(c).Transactions() // or openapi.V3(c).Pay().Transactions()
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

func readmeDocument() wechatpay.Document {
	body := wechatpay.NewDocument(nil).
		Set("amount.total", 100).
		Set("detail.goods_detail.0.quantity", 1)
	return body
}

func readmeErrors(err error) {
	var api *wechatpay.APIError
	switch {
	case err == nil:
		fmt.Println("done")
	case errors.As(err, new(*wechatpay.DecodeError)), errors.As(err, new(*wechatpay.DecryptError)):
		fmt.Println("done, but a field of the reply is unreadable", err)
	case wechatpay.OutcomeUnknown(err):
		fmt.Println("query first", err) // by the same business number
	case errors.As(err, &api) && api.Verified: // an unsigned error may come from anything on the way
		fmt.Println("refused", api.StatusCode, api.Code, api.Message, api.Field(), api.RequestID)
	case errors.Is(err, wechatpay.ErrInvalid):
		fmt.Println("not sent", err) // the text names the problem and the fix
	default:
		fmt.Println("no effect", err) // a query that failed, or a request that never left
	}
}

func readmeFutures(ctx context.Context, c *wechatpay.Client, opts *wechatpay.Options, numbers []string) (*wechatpay.Response, error) {
	resp, err := c.Chain("v3/refund/domestic/refunds").PostAsync(ctx, opts).
		Then(func(r *wechatpay.Response) (*wechatpay.Response, error) {
			fmt.Println(r.Get("refund_id"))
			return r, nil
		}).
		Otherwise(func(err error) (*wechatpay.Response, error) {
			return nil, fmt.Errorf("refund: %w", err)
		}).
		Wait()

	for number, outcome := range future.Each(ctx, 64, slices.Values(numbers), func(ctx context.Context, number string) (*wechatpay.Response, error) {
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

func readmeNotifications(c *wechatpay.Client, mux *http.ServeMux, settle func(ctx context.Context, number string, total int64) error) error {
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY"))},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
				func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
					return settle(ctx, order.OutTradeNo, order.Amount.Total) // an error: WeChat Pay sends it again
				}),
		},
	})
	if err != nil {
		return err
	}
	mux.Handle("POST /wechatpay/notify", handler)
	return nil
}

func readmeMerchants(clients map[string]*wechatpay.Client, apiV3Keys map[string]cipher.Secret, mux *http.ServeMux, settle func(ctx context.Context, mchid, number string, total int64) error) error {
	handlers := map[string]*notify.Handler{}
	for mchid, c := range clients {
		handler, err := notify.NewHandler(notify.HandlerConfig{
			Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: apiV3Keys[mchid]},
			Routes: map[notify.Route]notify.Func{
				{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(
					func(ctx context.Context, _ *notify.Event, order notify.Transaction) error {
						return settle(ctx, mchid, order.OutTradeNo, order.Amount.Total)
					}),
			},
		})
		if err != nil {
			return err
		}
		handlers[mchid] = handler
	}
	merchants, err := notify.NewMultiHandler(notify.MultiHandlerConfig{Handlers: handlers})
	if err != nil {
		return err
	}
	mux.Handle("POST /wechatpay/notify", merchants)
	return nil
}

func readmePay(ctx context.Context, c *wechatpay.Client, appid, prepayID string, show func([]byte)) error {
	params, err := paysign.JSAPI(ctx, c.Signer(), paysign.JSAPIOrder{AppID: appid, PrepayID: prepayID})
	if err != nil {
		return err
	}
	data, err := json.Marshal(params) // {"appId": …, "timeStamp": …, "package": "prepay_id=…", "paySign": …}
	show(data)
	return err
}

func readmeFiles(ctx context.Context, c *wechatpay.Client, yesterday string) error {
	resp, err := c.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{
		Body: media.File("licence.png"), // or media.Bytes(name, data), media.Reader(name, r, size)
	})
	if err != nil {
		return err
	}
	fmt.Println(resp.Get("media_id"))

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

func readmeKeyring(ctx context.Context, mchid, serial string, sign signer.Signer, publicKeyID string, pub *rsa.PublicKey) error {
	ring, err := keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:   cipher.NewSecret(os.Getenv("WECHATPAY_APIV3_KEY")),
		Credential: signer.Credential{ID: mchid, Serial: serial, Signer: sign},
		Keys:       keys.Set{publicKeyID: pub}, // if the merchant has a public key
		Dir:        "platform-certificates",    // optional: keeps them over a restart
		BaseURL:    os.Getenv("WECHATPAY_BASE_URL"),
	})
	if err != nil {
		return err
	}
	defer ring.Close() //nolint:errcheck // it returns nil
	if err := ring.Start(ctx); err != nil {
		return err
	}
	return ring.Refresh(ctx)
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

func readmeSandbox(ctx context.Context, gateway *sandbox.Gateway, number, notifyURL string) error {
	if _, err := gateway.Pay(number); err != nil { // of an order that was created
		return err
	}
	paid, err := gateway.PaidNotification(number)
	if err != nil {
		return err
	}
	_, err = gateway.Deliver(ctx, sandbox.Delivery{URL: notifyURL}, paid)
	return err
}

func readmeOverseas(merchant sandbox.Credentials) (*wechatpay.Client, error) {
	c, err := wechatpay.New(wechatpay.Config{
		MchID:        merchant.MchID,
		Serial:       merchant.Serial,
		PrivateKey:   merchant.PrivateKey,
		PlatformKeys: merchant.PlatformKeys(),
		BaseURL:      "https://apihk.mch.weixin.qq.com/",
		Failover:     middleware.Overseas(), // Hong Kong, United States, Europe
	})
	return c, err
}

func readmeBrand(ctx context.Context, brand sandbox.BrandCredentials, baseURL string) error {
	c, err := wechatpay.New(wechatpay.Config{
		BrandID:      brand.BrandID,
		Serial:       brand.Serial,
		PrivateKey:   brand.PrivateKey,
		PlatformKeys: brand.PlatformKeys(), // WeChat Pay's public key for the brand
		BaseURL:      baseURL,
	})
	if err != nil {
		return err
	}
	_, err = c.Chain("brand/marketing/product-coupon/notify-configs").Post(ctx, &wechatpay.Options{
		JSON: wechatpay.M{"notify_url": "https://example.com/wechatpay/coupons"},
	})
	return err
}

func readmeV2(ctx context.Context, mchid string, apiV2Key cipher.Secret, baseURL string) error {
	c, err := wechatpay.New(wechatpay.Config{
		MchID:    mchid,
		APIv2Key: apiV2Key, // 32 characters from the merchant console
		BaseURL:  baseURL,
	})
	if err != nil {
		return err
	}
	order, err := c.Chain("v2/pay/unifiedorder").Post(ctx, &wechatpay.Options{
		XML: wechatpay.M{
			"appid": "wxd678efh567hg6787", "body": "QQ公仔", "out_trade_no": "1217752501201407033233368018", "total_fee": 100,
			"spbill_create_ip": "127.0.0.1", "notify_url": "https://example.com/", "trade_type": "NATIVE", "product_id": "1",
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(order.Get("code_url").String(), order.Verified)
	return nil
}

func readmeMicropay(ctx context.Context, c *wechatpay.Client, authCode string) error {
	payment, err := micropay.Pay(ctx, c, wechatpay.M{
		"appid": "wxd678efh567hg6787", "body": "QQ公仔", "out_trade_no": "1217752501201407033233368018", "total_fee": 100,
		"spbill_create_ip": "127.0.0.1", "auth_code": authCode,
	}, nil)
	var failed *micropay.Error
	switch {
	case err == nil:
		fmt.Println("paid", payment.TransactionID)
	case errors.As(err, &failed) && failed.State == micropay.Unknown:
		return err // it says what to do
	default:
		fmt.Println("not paid:", err)
	}
	return nil
}

func readmePayV2(reply *wechatpay.Response, apiV2Key cipher.Secret, show func([]byte)) error {
	var order paysign.OrderV2
	if err := reply.Decode(&order); err != nil { // of v2/pay/unifiedorder
		return err
	}
	params, err := paysign.JSAPIV2(order, apiV2Key) // or AppV2
	if err != nil {
		return err
	}
	data, err := json.Marshal(params)
	show(data)
	return err
}

func readmeNotificationsV2(mchid string, apiV2Key cipher.Secret, mux *http.ServeMux, settle func(ctx context.Context, number string, total int64) error) error {
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{APIv2Key: apiV2Key, MchID: mchid}, // with Keys and APIv3Key, for both versions
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccessV2}: notify.Typed(func(ctx context.Context, _ *notify.Event, order notify.TransactionV2) error {
				return settle(ctx, order.OutTradeNo, order.TotalFee)
			}),
		},
	})
	if err != nil {
		return err
	}
	mux.Handle("POST /wechatpay/v2", handler)
	return nil
}

func TestRefundIsRefused(t *testing.T) {
	s := sandboxtest.New(t) // fails the test if a request is not signed correctly
	s.Gateway.Handle("POST", "/v3/refund/domestic/refunds", func(*sandbox.Request) *sandbox.Reply {
		return sandbox.Error(403, "NOT_ENOUGH", "基本账户余额不足", nil)
	})
	_, err := s.Client.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{
		JSON: wechatpay.M{"out_refund_no": "R1"},
	})
	if err == nil || wechatpay.OutcomeUnknown(err) {
		t.Fatal(err)
	}
}
