package openapi_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
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
	require.NoError(t, openapi.Validate("POST", path, options(good)))

	for _, row := range []struct {
		name, body string
		want       []openapi.Problem
	}{
		{"wrong types and values", `{"appid": 1, "mchid": null, "description": true, "out_trade_no": [], "notify_url": {}, "amount": {"total": "100", "currency": 1.5},
		  "payer": [], "limit_pay": ["no_balance", "secret", 7], "detail": {"goods_detail": [{}, "x"]}, "support_fapiao": "false"}`, []openapi.Problem{
			{Path: "appid", Text: "is a number; it must be a string"},
			{Path: "mchid", Text: "is null, which WeChat Pay refuses; it must be a string"},
			{Path: "description", Text: "is a boolean; it must be a string"},
			{Path: "out_trade_no", Text: "is a list; it must be a string"},
			{Path: "amount.total", Text: "is a string; it must be an integer"},
			{Path: "amount.currency", Text: "is a number with a fraction; it must be a string"},
			{Path: "notify_url", Text: "is an object; it must be a string"},
			{Path: "limit_pay.1", Text: "is not one of no_balance, no_credit, no_debit, balance_only"},
			{Path: "limit_pay.2", Text: "is a number; it must be a string"},
			{Path: "support_fapiao", Text: "is a string; it must be a boolean"},
			{Path: "detail.goods_detail.0.merchant_goods_id", Text: "is missing"},
			{Path: "detail.goods_detail.0.quantity", Text: "is missing"},
			{Path: "detail.goods_detail.0.unit_price", Text: "is missing"},
			{Path: "detail.goods_detail.1", Text: "is a string; it must be an object"},
			{Path: "payer", Text: "is a list; it must be an object"},
		}},
		{"a fraction", strings.ReplaceAll(good, "100", "100.5"), []openapi.Problem{{Path: "amount.total", Text: "is a number with a fraction; it must be an integer"}}},
		{"a list", `[]`, []openapi.Problem{{Text: "the body is a json.RawMessage, in JSON a list; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage"}}},
		{"cut off", `{"appid"`, []openapi.Problem{{Text: "the body is not valid JSON"}}},
		{"two values", good + "{}", []openapi.Problem{{Text: "the body is not valid JSON"}}},
		{"empty", ``, []openapi.Problem{
			{Path: "appid", Text: "is missing"}, {Path: "mchid", Text: "is missing"}, {Path: "description", Text: "is missing"}, {Path: "out_trade_no", Text: "is missing"},
			{Path: "amount", Text: "is missing"}, {Path: "notify_url", Text: "is missing"}, {Path: "payer", Text: "is missing"},
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate("POST", path, options(row.body))
			var invalid *openapi.ValidationError
			require.ErrorAs(t, err, &invalid)
			assert.ElementsMatch(t, row.want, invalid.Problems)
			assert.NotContains(t, err.Error(), "secret")
			require.ErrorIs(t, err, wechatpay.ErrInvalid)
			require.ErrorIs(t, err, middleware.ErrNotSent)
		})
	}
}

// options are those of a body; empty for none.
func options(body string) *wechatpay.Options {
	if body == "" {
		return nil
	}
	return &wechatpay.Options{JSON: json.RawMessage(body)}
}

// TestValidateOptions: all parts of a call are checked, in whatever form a call takes them.
func TestValidateOptions(t *testing.T) {
	t.Parallel()
	const (
		modify  = "v3/apply4sub/sub_merchants/{sub_mchid}/modify-settlement"
		balance = "v3/aggracct-bc/wb-channel/account/balance"
		order   = "v3/pay/transactions/id/{transaction_id}"
		bills   = "v3/bill/tradebill"
		image   = "v3/merchant/media/upload"
	)
	sealed := base64.StdEncoding.EncodeToString(make([]byte, 256))
	account := func(number any) wechatpay.M {
		return wechatpay.M{"account_type": "ACCOUNT_TYPE_PRIVATE", "account_bank": "工商银行", "account_number": number, "bank_address_code": "110000", "modify_mode": "MODIFY_MODE_ASYNC"}
	}
	const inClear = "would leave in the clear, and is documented as encrypted; set Options.Encrypt to Auto(), or name it in Options.Unencrypted to send it as it is"
	sub := wechatpay.M{"sub_mchid": "1900000109"}
	twice := &media.Body{
		ContentType: "text/plain", Size: 1, Signed: []byte(`{"filename": "a.png", "sha256": "1", "sha256": "2"}`),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil },
	}
	for _, row := range []struct {
		name, method, path string
		opts               *wechatpay.Options
		want               []openapi.Problem
	}{
		{"a query", "GET", bills, &wechatpay.Options{Query: wechatpay.M{"bill_date": "2026-11-01", "bill_type": "ALL"}}, nil},
		{"a query as a struct", "GET", bills, &wechatpay.Options{Query: struct {
			Date string `json:"bill_date"`
		}{"2026-11-01"}}, nil},
		{"a query in the path", "GET", bills + "?bill_date=2026-11-01", nil, nil},
		{"no query", "GET", bills, nil, []openapi.Problem{{Path: "bill_date", Text: "is missing", In: "Query"}}},
		{"a value that is not documented", "GET", bills, &wechatpay.Options{Query: wechatpay.M{"bill_date": "2026-11-01", "bill_type": "SOME"}}, []openapi.Problem{{Path: "bill_type", Text: "is not one of ALL, SUCCESS, REFUND, RECHARGE_REFUND, ALL_SPECIAL, SUC_SPECIAL, REF_SPECIAL", In: "Query"}}},
		{"a variable is missing", "GET", order, &wechatpay.Options{Query: wechatpay.M{"mchid": "1900000109"}}, []openapi.Problem{{Path: "transaction_id", Text: "is missing", In: "Vars"}}},
		{"a variable", "GET", order, &wechatpay.Options{Query: wechatpay.M{"mchid": "1900000109"}, Vars: wechatpay.M{"transaction_id": "1"}}, nil},
		{"a variable of another name", "GET", "v3/pay/transactions/id/{id}", &wechatpay.Options{Query: wechatpay.M{"mchid": "1900000109"}, Vars: wechatpay.M{"id": 1}}, nil},
		{"a mark in the clear", "POST", modify, &wechatpay.Options{Vars: sub, JSON: account("6222")}, []openapi.Problem{{Path: "account_number", Text: inClear}}},
		{"a mark that is covered", "POST", modify, &wechatpay.Options{Vars: sub, JSON: account("6222"), Encrypt: wechatpay.Auto()}, nil},
		{"a mark that is named", "POST", modify, &wechatpay.Options{Vars: sub, JSON: account("6222"), Encrypt: []string{"account_number?"}}, nil},
		{"a mark to be sent as it is", "POST", modify, &wechatpay.Options{Vars: sub, JSON: account("6222"), Unencrypted: []string{"account_number"}}, nil},
		{"a ciphertext", "POST", modify, &wechatpay.Options{Vars: sub, JSON: wechatpay.NewDocument(account(sealed))}, nil},
		{"a mark in the query", "GET", balance, &wechatpay.Options{Query: wechatpay.M{"mchid": "1900000109", "bal_account_no": "6"}}, []openapi.Problem{{Path: "bal_account_no", Text: inClear, In: "Query"}}},
		{"a mark that is no text", "POST", modify, &wechatpay.Options{Vars: sub, JSON: account(6222)}, []openapi.Problem{{Path: "account_number", Text: inClear}}},
		{"a mark of another spelling", "POST", modify, &wechatpay.Options{Vars: sub, JSON: wechatpay.M{"AccountNumber": "6222"}}, []openapi.Problem{{Path: "AccountNumber", Text: `would leave in the clear: the name is "account_number", and its value is encrypted; write it so, with a json tag in a struct`}}},
		{"a mark of the path's query", "GET", balance + "?bal_account_no=6", nil, []openapi.Problem{{Path: "bal_account_no", Text: inClear, In: "Query"}}},
		{"a mark in a list, in the clear", "POST", "v3/bank-transfer/batches", &wechatpay.Options{JSON: wechatpay.M{"transfer_detail_list": []wechatpay.M{{"user_name": ""}, {"user_name": "x"}}}}, []openapi.Problem{{Path: "transfer_detail_list.user_name", Text: inClear}}},
		{"a mark in a list", "POST", "v3/bank-transfer/batches", &wechatpay.Options{JSON: wechatpay.M{"transfer_detail_list": []wechatpay.M{{"user_name": "x"}}}, Encrypt: []string{"transfer_detail_list.#.user_name"}}, nil},
		{"a reader", "POST", modify, &wechatpay.Options{Vars: sub, JSON: strings.NewReader("{}")}, []openapi.Problem{{Text: "the body is a *strings.Reader, which is a reader; a body is an object: pass an M or a struct, or what io.ReadAll returns"}}},
		{"a nil upload", "POST", image, &wechatpay.Options{Body: (*media.Upload)(nil)}, []openapi.Problem{{Text: "the body: a nil *media.Upload"}}},
		{"no upload, and no error", "POST", image, &wechatpay.Options{Body: noBody{}}, []openapi.Problem{{Text: "the body: media: the Body is nil"}}},
		{"an upload that is not complete", "POST", image, &wechatpay.Options{Body: noBody{&media.Body{ContentType: "text/plain", Size: 1}}}, []openapi.Problem{{Text: "the body: media: Body.Open is nil"}}},
		{"a key twice", "POST", image, &wechatpay.Options{Body: noBody{twice}}, []openapi.Problem{{Text: `has "sha256" twice in one object, of which WeChat Pay may take either`}}},
		{"an upload", "POST", image, &wechatpay.Options{Body: media.Bytes("a.png", []byte("\x89PNG\r\n\x1a\n...."))}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate(row.method, row.path, row.opts)
			var invalid *openapi.ValidationError
			if errors.As(err, &invalid) {
				for _, p := range row.want {
					assert.Contains(t, invalid.Problems, p)
				}
				for _, p := range invalid.Problems {
					assert.True(t, len(row.want) > 0 || p.Text == "is missing" && p.In == "", "%v", p) // of a body that is not whole
				}
				return
			}
			require.NoError(t, err)
			assert.Empty(t, row.want)
		})
	}
}

// noBody builds a body without a check.
type noBody struct{ body *media.Body }

func (b noBody) Build(media.Target) (*media.Body, error) { return b.body, nil }

func TestValidateTexts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, method, path, body, want string }{
		{"unknown", "POST", "v3/quite/another/thing", "", "openapi: the catalogue has no such endpoint: POST v3/quite/another/thing"},
		{"a query and a variable", "GET", "v3/pay/transactions/id/{transaction_id}", "", "openapi: GET /v3/pay/transactions/id/{transaction_id}: Query: mchid is missing; Vars: transaction_id is missing"},
		{"an upload", "POST", "v3/merchant/media/upload", `{"filename": "a.png"}`, "openapi: POST /v3/merchant/media/upload: sha256 is missing"},
		{"two problems", "POST", "v3/merchant/media/upload", `{"filename": 1}`, "openapi: POST /v3/merchant/media/upload: sha256 is missing; filename is a number; it must be a string"},
		{"the whole body", "POST", "v3/merchant/media/upload", `1`, "openapi: POST /v3/merchant/media/upload: the body is a json.RawMessage, in JSON a number; a body is an object: pass an M or a struct, or JSON text as a json.RawMessage"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := openapi.Validate(row.method, row.path, options(row.body))
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
