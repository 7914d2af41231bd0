// Command productcoupon is a brand that gives product coupons (商品券) to a user: from the
// creation of a coupon to its use and return, with the webhooks that tell of them.
//
// It runs against the sandbox. Against WeChat Pay, a brand has its own certificate, its own API
// key and WeChat Pay's public key from the brand platform, and the base URL is left out.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/openapi/branddirect/marketing/productcoupon"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	appid  = "wxd678efh567hg6787"
	openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	gateway, err := sandbox.New(sandbox.Config{})
	if err != nil {
		return err
	}
	server, err := gateway.Start()
	if err != nil {
		return err
	}
	defer server.Close()
	brand := gateway.Credentials().Brand
	c, err := wechatpay.New(wechatpay.Config{
		BrandID:      brand.BrandID,
		Serial:       brand.Serial,
		PrivateKey:   brand.PrivateKey,
		PlatformKeys: brand.PlatformKeys(), // WeChat Pay's public key for this brand
		BaseURL:      server.URL,
	})
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()

	shop := &shop{coupons: productcoupon.New(c), told: make(chan told, 8), out: out}
	url, end, err := shop.listen(c, brand.APIv3Key)
	if err != nil {
		return err
	}
	defer end()
	return shop.giveAndUse(ctx, url)
}

// A shop is the brand's program.
type shop struct {
	coupons productcoupon.Node
	told    chan told
	out     io.Writer
}

// told is what a webhook told, and what came of it.
type told struct{ eventType, code, state string }

// listen serves the webhooks of the brand on a free port of loopback.
func (s *shop) listen(c *wechatpay.Client, apiKey cipher.Secret) (url string, end func(), err error) {
	handler, err := notify.NewHandler(notify.HandlerConfig{
		Config: notify.Config{Keys: c.PlatformKeys(), APIv3Key: apiKey, Scheme: signer.Brand},
		Routes: map[notify.Route]notify.Func{
			{EventType: notify.ProductCouponSend}:   notify.Typed(s.confirm),
			{EventType: notify.ProductCouponUse}:    notify.Typed(s.note),
			{EventType: notify.ProductCouponReturn}: notify.Typed(s.note),
		},
		// A webhook that is sent again is known by the coupon, whatever its own id is.
		Key: func(event *notify.Event) string {
			coupon, err := notify.Decode[notify.ProductCoupon](event)
			if err != nil {
				return "" // the function will report it
			}
			return coupon.CouponCode
		},
	})
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a free port of loopback needs no context
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	return "http://" + listener.Addr().String() + "/coupons", func() { _ = server.Close(); <-done }, nil
}

// confirm makes a coupon that was sent usable. Without this call it has no effect, while its
// validity runs already. The number is the same for each attempt, so that it may be repeated.
func (s *shop) confirm(ctx context.Context, event *notify.Event, coupon notify.ProductCoupon) error {
	reply, err := s.coupons.Users(coupon.OpenID).Coupons().CouponCode(coupon.CouponCode).Confirm().Post(ctx, &wechatpay.Options{
		JSON: productcoupon.UsersCouponsCouponCodeRequest{
			ProductCouponID: coupon.ProductCouponID, StockID: coupon.StockID, AppID: appid, OutRequestNo: "confirm-" + coupon.CouponCode,
		},
	})
	if err != nil {
		return err // WeChat Pay sends the webhook again
	}
	s.told <- told{event.EventType, coupon.CouponCode, reply.Get("coupon_state").String()}
	return nil
}

func (s *shop) note(_ context.Context, event *notify.Event, coupon notify.ProductCoupon) error {
	s.told <- told{event.EventType, coupon.CouponCode, "no call is needed"}
	return nil
}

// wait prints the next webhook, and returns the code of its coupon.
func (s *shop) wait(ctx context.Context) (code string, err error) {
	select {
	case told := <-s.told:
		_, err := fmt.Fprintln(s.out, "webhook:", told.eventType, told.state)
		return told.code, err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// giveAndUse creates a coupon, sends it to a user, and plays the till that takes it.
func (s *shop) giveAndUse(ctx context.Context, notifyURL string) error {
	if _, err := s.coupons.NotifyConfigs().Post(ctx, &wechatpay.Options{
		JSON: productcoupon.NotifyConfigsPostRequest{NotifyURL: notifyURL},
	}); err != nil {
		return err
	}
	productID, stockID, err := s.create(ctx)
	if err != nil {
		return err
	}
	coupons := s.coupons.Users(openid).Coupons()
	sent, err := coupons.Post(ctx, &wechatpay.Options{JSON: productcoupon.UsersCouponsPostRequest{
		ProductCouponID: productID, StockID: stockID, AppID: appid, SendRequestNo: "send-20261201-0001",
	}})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.out, "sent:", sent.Get("coupon_state"))
	code, err := s.wait(ctx)
	if err != nil {
		return err
	}

	used, err := coupons.CouponCode(code).Use().Post(ctx, &wechatpay.Options{JSON: productcoupon.UsersCouponsCouponCodeUsePostRequest{
		ProductCouponID: productID, StockID: stockID, AppID: appid, OutRequestNo: "use-" + code,
		UseTime: time.Now().Format(time.RFC3339),
		AssociatedOrderInfo: productcoupon.UsersCouponsCouponCodeUsePostRequestAssociatedOrderInfo{
			TransactionID: "4200000000123456789123456789", OutTradeNo: "1217752501201407033233368018", MchID: "1900000109",
		},
	}})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.out, "used:", used.Get("coupon_state"))
	if _, err := s.wait(ctx); err != nil {
		return err
	}

	returned, err := coupons.CouponCode(code).Return().Post(ctx, &wechatpay.Options{JSON: productcoupon.UsersCouponsCouponCodeRequest{
		ProductCouponID: productID, StockID: stockID, AppID: appid, OutRequestNo: "return-" + code,
	}})
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.out, "returned:", returned.Get("coupon_state"))
	_, err = s.wait(ctx)
	return err
}

// create uploads the picture and creates the coupon with its first stock: 10 yuan off at 100.
func (s *shop) create(ctx context.Context) (productID, stockID string, err error) {
	picture := media.Bytes("cup.png", []byte("\x89PNG\r\n\x1a\n…"))
	image, err := s.coupons.Media().UploadImage().Post(ctx, &wechatpay.Options{Body: picture})
	if err != nil {
		return "", "", err
	}
	imageURL := image.Get("image_url").String()
	now := time.Now()
	created, err := s.coupons.ProductCoupons().Post(ctx, &wechatpay.Options{JSON: wechatpay.M{
		"out_request_no": "create-20261201-0001",
		"scope":          "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
		"single_usage_info": wechatpay.M{"normal_coupon": wechatpay.M{"threshold": 10000, "discount_amount": 1000}},
		"display_info":      wechatpay.M{"name": "全场满减券", "image_url": imageURL, "background_url": imageURL},
		"stock": wechatpay.M{
			"coupon_code_mode": "WECHATPAY",
			"stock_send_rule":  wechatpay.M{"max_count": 1000, "max_count_per_user": 1},
			"single_usage_rule": wechatpay.M{"coupon_available_period": wechatpay.M{
				"available_begin_time": now, "available_end_time": now.AddDate(0, 1, 0),
			}},
			"usage_rule_display_info": wechatpay.M{"coupon_usage_method_list": []string{"OFFLINE"}, "usage_description": "到店出示券码"},
			"coupon_display_info":     wechatpay.M{"code_display_mode": "QRCODE"},
			"notify_config":           wechatpay.M{"notify_appid": appid},
			"store_scope":             "NONE",
		},
	}})
	if err != nil {
		return "", "", err
	}
	return created.Get("product_coupon_id").String(), created.Get("stock.stock_id").String(), nil
}
