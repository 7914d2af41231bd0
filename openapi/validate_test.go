package openapi_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/openapi"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	const path = "v3/pay/transactions/jsapi"
	const good = `{"appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "x", "out_trade_no": "1", "notify_url": "https://x.example/",
		"amount": {"total": 100, "currency": "CNY"}, "payer": {"openid": "oUpF8"}, "limit_pay": ["no_balance"], "support_fapiao": false, "unknown": null}`
	require.NoError(t, openapi.Validate("POST", path, []byte(good)))

	for _, row := range []struct {
		name, body string
		want       []openapi.Problem
	}{
		{"wrong types and values", `{"appid": 1, "mchid": null, "description": true, "out_trade_no": [], "notify_url": {}, "amount": {"total": "100", "currency": 1.5},
		  "payer": [], "limit_pay": ["no_balance", "secret", 7], "detail": {"goods_detail": [{}, "x"]}, "support_fapiao": "false"}`, []openapi.Problem{
			{"appid", "is a number; it must be a string"},
			{"mchid", "is null, which WeChat Pay refuses; it must be a string"},
			{"description", "is a boolean; it must be a string"},
			{"out_trade_no", "is a list; it must be a string"},
			{"amount.total", "is a string; it must be an integer"},
			{"amount.currency", "is a number with a fraction; it must be a string"},
			{"notify_url", "is an object; it must be a string"},
			{"limit_pay.1", "is not one of no_balance, no_credit, no_debit, balance_only"},
			{"limit_pay.2", "is a number; it must be a string"},
			{"support_fapiao", "is a string; it must be a boolean"},
			{"detail.goods_detail.0.merchant_goods_id", "is missing"},
			{"detail.goods_detail.0.quantity", "is missing"},
			{"detail.goods_detail.0.unit_price", "is missing"},
			{"detail.goods_detail.1", "is a string; it must be an object"},
			{"payer", "is a list; it must be an object"},
		}},
		{"a fraction", strings.ReplaceAll(good, "100", "100.5"), []openapi.Problem{{"amount.total", "is a number with a fraction; it must be an integer"}}},
		{"a list", `[]`, []openapi.Problem{{"", "the body is a list; it must be an object"}}},
		{"cut off", `{"appid"`, []openapi.Problem{{"", "the body is not JSON"}}},
		{"two values", good + "{}", []openapi.Problem{{"", "the body is not JSON"}}},
		{"empty", ``, []openapi.Problem{
			{"appid", "is missing"}, {"mchid", "is missing"}, {"description", "is missing"}, {"out_trade_no", "is missing"},
			{"amount", "is missing"}, {"notify_url", "is missing"}, {"payer", "is missing"},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate("POST", path, []byte(row.body))
			var invalid *openapi.ValidationError
			require.ErrorAs(t, err, &invalid)
			assert.ElementsMatch(t, row.want, invalid.Problems)
			assert.NotContains(t, err.Error(), "secret")
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorIs(t, err, middleware.ErrNotSent)
		})
	}
}

func TestValidateTexts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path, body, want string }{
		{"unknown", "POST", "v3/quite/another/thing", "", "openapi: the catalogue has no such endpoint: POST v3/quite/another/thing"},
		{"an upload", "POST", "v3/merchant/media/upload", `{"filename": "a.png"}`, "openapi: POST /v3/merchant/media/upload: sha256 is missing"},
		{"two problems", "POST", "v3/merchant/media/upload", `{"filename": 1}`, "openapi: POST /v3/merchant/media/upload: sha256 is missing; filename is a number; it must be a string"},
		{"the whole body", "POST", "v3/merchant/media/upload", `1`, "openapi: POST /v3/merchant/media/upload: the body is a number; it must be an object"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate(row.method, row.path, []byte(row.body))
			require.EqualError(t, err, row.want)
			assert.Equal(t, row.name == "unknown", errors.Is(err, openapi.ErrUnknown))
		})
	}
	require.NoError(t, openapi.Validate("GET", "v3/certificates", nil))
}

func TestValidation(t *testing.T) {
	t.Parallel()
	c, m := client(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			if err := s.Remove("verify"); err != nil {
				return err
			}
			return s.Unshift("validate", openapi.Validation())
		}
	})
	type call func(context.Context, *wechatpay.Options) (*wechatpay.Response, error)
	for _, row := range []struct {
		name string
		call call
	}{
		{"typed", func(ctx context.Context, opts *wechatpay.Options) (*wechatpay.Response, error) {
			_, err := openapi.V3(c).Refund().Domestic().Refunds().Post(ctx, opts)
			return nil, err
		}},
		{"map", openapi.Map(c)["v3/refund/domestic/refunds"].Post},
		{"chain", c.Chain("/v3/refund/domestic/refunds").Post},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := row.call(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"transaction_id": "1", "amount": wechatpay.M{"total": "1"}}})
			var invalid *openapi.ValidationError
			require.ErrorAs(t, err, &invalid)
			assert.NotEmpty(t, invalid.Problems)
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			assert.False(t, wechatpay.OutcomeUnknown(err))
			assert.Empty(t, m.last, "nothing was sent")
		})
	}

	upload := &media.Body{
		ContentType: "multipart/form-data; boundary=x", Size: 1, Signed: []byte(`{"filename": "a.png"}`),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil },
	}
	_, err := openapi.V3(c).Merchant().Media().Upload().Post(t.Context(), &wechatpay.Options{Body: upload})
	require.ErrorContains(t, err, "sha256 is missing")

	_, err = c.Chain("v3/quite/another/thing").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
	require.NoError(t, err, "what is not known passes")
	_, err = openapi.V3(c).Pay().Transactions().OutTradeNo("1").Close().Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"mchid": "1"}})
	require.NoError(t, err)
}
