package notify_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

var sentCoupon = sandbox.Notification{
	EventType: notify.ProductCouponSend, OriginalType: "product_coupon", ToBrand: true,
	Resource: map[string]any{"coupon_code": "C1", "product_coupon_id": "P1", "stock_id": "S1", "openid": "o1"},
}

// TestWebhooksOfABrand: they have keys, an API key and a scheme of their own.
func TestWebhooksOfABrand(t *testing.T) {
	t.Parallel()
	credentials := gateway().Credentials()
	brand := notify.Config{Keys: credentials.Brand.PlatformKeys(), APIv3Key: credentials.Brand.APIv3Key, Scheme: signer.Brand}
	for _, row := range []struct {
		name   string
		change func(*notify.Config)
		toShop bool
		fault  string
		want   error // nil if it is taken
		text   string
	}{
		{"good", func(*notify.Config) {}, false, "", nil, ""},
		{"by a Verifier that states the scheme", func(cfg *notify.Config) {
			cfg.Verifier = signer.VerifyAs(signer.Brand, signer.NewVerifier(cfg.Keys, nil))
			cfg.Keys, cfg.Scheme = nil, signer.Scheme{}
		}, false, "", nil, ""},
		{"the scheme is not configured", func(cfg *notify.Config) { cfg.Scheme = signer.Scheme{} }, false, "", signer.ErrScheme, "notify.Config.Scheme"},
		{"it states the scheme of merchants", func(*notify.Config) {}, false, "other-scheme", signer.ErrScheme, ""},
		{"the merchant's webhook", func(*notify.Config) {}, true, "", signer.ErrScheme, ""},
		{"the merchant's platform keys", func(cfg *notify.Config) { cfg.Keys = credentials.PlatformKeys() }, false, "", signer.ErrUnknownKey, ""},
		{"the merchant's APIv3 key", func(cfg *notify.Config) { cfg.APIv3Key = credentials.APIv3Key }, false, "", notify.ErrAPIv3Key, "a brand has an API key of its own, which is not the APIv3 key of a merchant"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := brand
			row.change(&cfg)
			parser, err := notify.NewParser(cfg)
			require.NoError(t, err)
			sent := sentCoupon
			sent.ToBrand = !row.toShop
			r, err := gateway().WebhookRequest(t.Context(), "http://127.0.0.1/", sent, row.fault)
			require.NoError(t, err)
			event, err := parser.Parse(t.Context(), r.Header, r.Body)
			if row.want != nil {
				require.ErrorIs(t, err, row.want)
				assert.ErrorContains(t, err, row.text)
				return
			}
			require.NoError(t, err)
			coupon, err := notify.Decode[notify.ProductCoupon](event)
			require.NoError(t, err)
			assert.Equal(t, notify.ProductCoupon{CouponCode: "C1", ProductCouponID: "P1", StockID: "S1", OpenID: "o1"}, coupon)
		})
	}
}

func TestSchemeAndVerifierThatContradict(t *testing.T) {
	t.Parallel()
	credentials := gateway().Credentials()
	_, err := notify.NewParser(notify.Config{
		Verifier: signer.VerifyAs(signer.Brand, signer.NewVerifier(credentials.Brand.PlatformKeys(), nil)),
		APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Scheme: signer.RSA,
	})
	require.ErrorContains(t, err, `Config.Scheme is "WECHATPAY2-SHA256-RSA2048", but Config.Verifier is for "WECHATPAY-BRAND-SHA256-RSA2048"; leave Scheme out`)
}

// TestABrandAndAMerchantBehindOneURL: each gets its own webhooks.
func TestABrandAndAMerchantBehindOneURL(t *testing.T) {
	t.Parallel()
	credentials := gateway().Credentials()
	handlers := map[string]*notify.Handler{}
	var got []string
	for name, cfg := range map[string]notify.Config{
		"brand":    {Keys: credentials.Brand.PlatformKeys(), APIv3Key: credentials.Brand.APIv3Key, Scheme: signer.Brand},
		"merchant": {Keys: credentials.PlatformKeys(), APIv3Key: credentials.APIv3Key},
	} {
		var err error
		handlers[name], err = notify.NewHandler(notify.HandlerConfig{Config: cfg, Fallback: func(context.Context, *notify.Event) (*notify.Reply, error) {
			got = append(got, name)
			return nil, nil
		}})
		require.NoError(t, err)
	}
	multi, err := notify.NewMultiHandler(notify.MultiHandlerConfig{Handlers: handlers})
	require.NoError(t, err)
	for _, toBrand := range []bool{true, false} {
		sent := sentCoupon
		sent.ToBrand = toBrand
		r, err := gateway().WebhookRequest(t.Context(), "http://127.0.0.1/", sent, "")
		require.NoError(t, err)
		reply := multi.Serve(t.Context(), notify.Request{Target: "/", Header: r.Header, Body: r.Body})
		require.Equal(t, 204, reply.Status, string(reply.Body))
	}
	assert.Equal(t, []string{"brand", "merchant"}, got)
}

func TestASchemeWithoutItsParts(t *testing.T) {
	t.Parallel()
	for _, scheme := range []signer.Scheme{{IDParam: "brand_id"}, {Name: signer.Brand.Name}} {
		t.Run(scheme.Name+scheme.IDParam, func(t *testing.T) {
			t.Parallel()
			_, err := notify.NewParser(notify.Config{
				Keys: gateway().Credentials().Brand.PlatformKeys(), APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Scheme: scheme,
			})
			require.ErrorContains(t, err, "Config.Scheme is incomplete; use signer.Brand or signer.RSA")
		})
	}
}
