package notify_test

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const (
	succeeded = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"
	failed    = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[processing failed]]></return_msg></xml>"
)

// post sends a body to a handler, as text/xml.
func post(h http.Handler, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/notify", strings.NewReader(body))
	r.Header.Set("Content-Type", "text/xml")
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	return recorder
}

// forV2 returns a Handler of both versions whose function is handle.
func forV2(tb testing.TB, handle notify.Func) (*notify.Handler, *failures) {
	tb.Helper()
	return handler(tb, func(cfg *notify.HandlerConfig) { cfg.Config, cfg.Fallback = configV2(), handle })
}

// TestOneURLServesBothVersions: each is answered in its own form.
func TestOneURLServesBothVersions(t *testing.T) {
	t.Parallel()
	var events []string
	h, f := forV2(t, func(_ context.Context, e *notify.Event) (*notify.Reply, error) {
		events = append(events, e.EventType)
		return nil, nil
	})
	recorder := post(h, signedV2(signer.MD5, payment()))
	assert.Equal(t, 200, recorder.Code)
	assert.Equal(t, "text/xml; charset=utf-8", recorder.Header().Get("Content-Type"))
	assert.Equal(t, succeeded, recorder.Body.String())
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)

	reply := h.Serve(t.Context(), notify.Request{Body: strings.NewReader(refund(t, "<root><refund_id>1</refund_id><refund_status>SUCCESS</refund_status></root>"))})
	assert.Equal(t, succeeded, string(reply.Body), "the body decides, if there is no Content-Type")
	assert.Equal(t, []string{"V2.TRANSACTION.SUCCESS", "TRANSACTION.SUCCESS", "V2.REFUND.SUCCESS"}, events)
	assert.Zero(t, f.count())
}

// TestRoutesOfAPIv2: a route of v3 gets no event of APIv2, and one by contract may have its own.
func TestRoutesOfAPIv2(t *testing.T) {
	t.Parallel()
	var got []string
	route := func(name string) notify.Func {
		return func(context.Context, *notify.Event) (*notify.Reply, error) { got = append(got, name); return nil, nil }
	}
	h, f := handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Config = configV2()
		cfg.Routes = map[notify.Route]notify.Func{
			{EventType: notify.TransactionSuccess}:                          route("v3"),
			{EventType: notify.TransactionSuccessV2}:                        route("payment"),
			{EventType: notify.TransactionSuccessV2, OriginalType: "PAP"}:   route("deduction"),
			{EventType: notify.ContractDeleteV2}:                            route("contract"),
			{EventType: notify.EventTransactionSuccessV2, OriginalType: ""}: route("rental"),
		}
	})
	for _, body := range []string{
		signedV2(signer.MD5, payment()), signedV2(signer.MD5, payment("trade_type", "PAP", "transaction_id", "43")),
		signedV2(signer.MD5, params("change_type", "DELETE", "contract_id", "1")), encryptedV2(t, "TRANSACTION.SUCCESS", "<xml></xml>"),
	} {
		assert.Equal(t, succeeded, post(h, body).Body.String())
	}
	assert.Equal(t, []string{"payment", "deduction", "contract", "rental"}, got)
	assert.Equal(t, failed, post(h, signedV2(signer.MD5, payment("result_code", "FAIL"))).Body.String())
	require.ErrorIs(t, f.last(t), notify.ErrUnrouted)
}

// TestRefusalsInXML: the answer reveals nothing to who is not WeChat Pay.
func TestRefusalsInXML(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, body string
		status     int
		message    string
	}{
		{"forged", xmlOf(payment("sign", strings.Repeat("A", 32))), 401, "verification failed"},
		{"malformed", "<xml>", 401, "verification failed"},
		{"empty", "", 401, "verification failed"},
		{"a refund of another key", refundOf("AAAAAAAAAAAAAAAAAAAAAA=="), 401, "verification failed"},
		{"too large", "<xml>" + strings.Repeat(" ", 2<<20), 413, "body too large"},
		{"another APIv3 key", encryptedV2(t, "CHECK.SUCCESS", "<xml></xml>", "event_ciphertext", strings.Repeat("A", 32)), 500, "processing failed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h, f := forV2(t, func(context.Context, *notify.Event) (*notify.Reply, error) {
				t.Error("called without verification")
				return nil, nil
			})
			recorder := post(h, row.body)
			assert.Equal(t, row.status, recorder.Code)
			assert.Equal(t, strings.Replace(failed, "processing failed", row.message, 1), recorder.Body.String())
			assert.Equal(t, 1, f.count())
		})
	}
	h, _ := forV2(t, ignore)
	r := httptest.NewRequest(http.MethodGet, "/notify", http.NoBody)
	r.Header["content-type"] = []string{"application/XML"}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	assert.Equal(t, 405, recorder.Code)
	assert.Contains(t, recorder.Body.String(), "<![CDATA[POST only]]>")
	assert.Contains(t, post(new(notify.Handler), "<xml/>").Body.String(), "<![CDATA[no handler]]>")
}

// TestRepliesOfFunctions: WeChat Pay looks at the body, so that a reply without one gets it,
// and one that it would not take is an error.
func TestRepliesOfFunctions(t *testing.T) {
	t.Parallel()
	asJSON, err := notify.JSON(200, map[string]string{"code": "SUCCESS"})
	require.NoError(t, err)
	withBody := func(status int, body string) *notify.Reply { return &notify.Reply{Status: status, Body: []byte(body)} }
	for _, row := range []struct {
		name    string
		reply   *notify.Reply
		err     error
		status  int
		body    string
		handled bool
		want    error
	}{
		{"nil", nil, nil, 200, succeeded, true, nil},
		{"zero", &notify.Reply{}, nil, 200, succeeded, true, nil},
		{"204", &notify.Reply{Status: 204}, nil, 200, succeeded, true, nil},
		{"XML", notify.XML(200, "OK"), nil, 200, succeeded, true, nil},
		{"an answer with data", withBody(200, "<xml><return_code>SUCCESS</return_code><prepay_id>wx1</prepay_id></xml>"), nil, 200, "<xml><return_code>SUCCESS</return_code><prepay_id>wx1</prepay_id></xml>", true, nil},
		{"an error", nil, errBroken, 500, failed, false, errBroken},
		{"503", &notify.Reply{Status: 503}, nil, 503, strings.Replace(failed, "processing failed", "Service Unavailable", 1), false, nil},
		{"599", &notify.Reply{Status: 599}, nil, 599, strings.Replace(failed, "processing failed", "failed", 1), false, nil},
		{"XML of 500", notify.XML(500, "a]]>b\x03"), nil, 500, strings.Replace(failed, "processing failed", "a]]]]><![CDATA[>b", 1), false, nil},
		{"FAIL with 200", withBody(200, "<xml><return_code>FAIL</return_code></xml>"), nil, 200, "<xml><return_code>FAIL</return_code></xml>", false, nil},
		{"JSON", asJSON, nil, 500, failed, false, notify.ErrXML},
		{"302", &notify.Reply{Status: 302}, nil, 500, failed, false, notify.ErrStatus},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			h, f := forV2(t, func(context.Context, *notify.Event) (*notify.Reply, error) { calls.Add(1); return row.reply, row.err })
			body := signedV2(signer.MD5, payment())
			recorder := post(h, body)
			assert.Equal(t, row.status, recorder.Code)
			assert.Equal(t, row.body, recorder.Body.String())
			require.NoError(t, xml.Unmarshal(recorder.Body.Bytes(), new(struct{})))
			post(h, body)
			assert.Equal(t, row.handled, calls.Load() == 1, "what was not acknowledged is handled again")
			if row.want != nil {
				require.ErrorIs(t, f.last(t), row.want)
			}
		})
	}
}

func TestXMLWithAStatusThatHasNoBody(t *testing.T) {
	t.Parallel()
	assert.Equal(t, notify.XML(200, "OK"), notify.XML(204, "OK"))
}

// TestDuplicatesOfAPIv2: a notification that is sent again, or replayed, is acknowledged without
// a call.
func TestDuplicatesOfAPIv2(t *testing.T) {
	t.Parallel()
	state := func(status string) string {
		return refund(t, "<root><refund_id>50</refund_id><refund_status>"+status+"</refund_status></root>")
	}
	contract := func(change, id string) string {
		return signedV2(signer.MD5, params("change_type", change, "contract_id", id))
	}
	vehicle := func(state, at string) string {
		return signedV2(signer.MD5, params("plate_number", "A1", "vehicle_event_type", state, "vehicle_event_createtime", at))
	}
	paid := func(changes ...string) string { return signedV2(signer.MD5, payment(changes...)) }
	unknown := signedV2(signer.MD5, params("product_id", "1"))
	for _, row := range []struct {
		name   string
		bodies []string
		calls  int32
	}{
		{"a payment twice", []string{paid(), paid()}, 1},
		{"with another nonce", []string{paid("nonce_str", "1"), paid("nonce_str", "2")}, 1},
		{"with another digest", []string{paid(), signedV2(signer.HMACSHA256, payment())}, 1},
		{"two payments", []string{paid(), paid("transaction_id", "43")}, 2},
		{"a failure, then the success", []string{paid("result_code", "FAIL"), paid()}, 2},
		{"one number at two merchants", []string{paid("transaction_id", ""), paid("transaction_id", "", "mch_id", "2")}, 2},
		{"a refund twice", []string{state("SUCCESS"), state("SUCCESS")}, 1},
		{"a refund that succeeds late", []string{state("CHANGE"), state("SUCCESS")}, 2},
		{"a contract twice", []string{contract("ADD", "1"), contract("ADD", "1")}, 1},
		{"a contract that ends", []string{contract("ADD", "1"), contract("DELETE", "1")}, 2},
		{"a vehicle twice", []string{vehicle("NORMAL", "1"), vehicle("NORMAL", "1")}, 1},
		{"a vehicle again", []string{vehicle("NORMAL", "1"), vehicle("NORMAL", "2")}, 2},
		{"unknown kinds are not remembered", []string{unknown, unknown}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			h, f := forV2(t, func(context.Context, *notify.Event) (*notify.Reply, error) { calls.Add(1); return nil, nil })
			for _, body := range row.bodies {
				assert.Equal(t, succeeded, post(h, body).Body.String())
			}
			assert.Equal(t, row.calls, calls.Load())
			assert.Zero(t, f.count())
		})
	}
}

func TestPanicIsAnsweredInXML(t *testing.T) {
	t.Parallel()
	var caught *future.PanicError
	h, f := forV2(t, func(context.Context, *notify.Event) (*notify.Reply, error) { panic("a string") })
	assert.Equal(t, failed, post(h, signedV2(signer.MD5, payment())).Body.String())
	require.ErrorAs(t, f.last(t), &caught)
	h, f = handler(t, func(cfg *notify.HandlerConfig) {
		cfg.Config, cfg.Fallback = configV2(), ignore
		cfg.Key = func(*notify.Event) string { panic("a string") }
	})
	assert.Equal(t, failed, post(h, signedV2(signer.MD5, payment())).Body.String())
	require.ErrorAs(t, f.last(t), &caught)
}

// TestMultiHandlerOfAPIv2 finds the merchant by the key that signed or encrypted.
func TestMultiHandlerOfAPIv2(t *testing.T) {
	t.Parallel()
	var got []string
	merchant := func(name string, change func(*notify.Config)) *notify.Handler {
		h, _ := handler(t, func(cfg *notify.HandlerConfig) {
			cfg.Config = configV2()
			change(&cfg.Config)
			cfg.Fallback = func(context.Context, *notify.Event) (*notify.Reply, error) { got = append(got, name); return nil, nil }
		})
		return h
	}
	f := new(failures)
	h, err := notify.NewMultiHandler(notify.MultiHandlerConfig{OnError: f.add, Handlers: map[string]*notify.Handler{
		"1 of v3":        merchant("v3", func(c *notify.Config) { c.APIv2Key = cipher.Secret{} }),
		"2 another key":  merchant("another", func(c *notify.Config) { c.APIv2Key = cipher.NewSecret(strings.Repeat("0", 32)) }),
		"3 same key":     merchant("same", func(c *notify.Config) { c.MchID = "2" }),
		"4 the merchant": merchant("merchant", func(c *notify.Config) { c.MchID = "1900000109" }),
		"5 of APIv2":     merchant("v2", func(c *notify.Config) { *c = notify.Config{APIv2Key: v2Key, MchID: "5"} }),
	}})
	require.NoError(t, err)
	for _, body := range []string{
		signedV2(signer.MD5, payment()), signedV2(signer.MD5, payment("mch_id", "2")), signedV2(signer.MD5, payment("mch_id", "5")),
		refund(t, "<root><refund_id>1</refund_id><refund_status>SUCCESS</refund_status></root>"),
	} {
		assert.Equal(t, succeeded, post(h, body).Body.String())
	}
	reply := h.Serve(t.Context(), notify.Request{Body: strings.NewReader(signedV2(signer.MD5, payment("transaction_id", "43")))})
	assert.Equal(t, succeeded, string(reply.Body), "the body decides, if there is no Content-Type")
	assert.Equal(t, 204, h.Serve(t.Context(), request(t, paid)).Status)
	assert.Equal(t, []string{"merchant", "same", "v2", "merchant", "merchant", "v3"}, got)
	for _, row := range []struct {
		name, body string
		status     int
		want       error
	}{
		{"another merchant", signedV2(signer.MD5, payment("mch_id", "9")), 500, notify.ErrMchID},
		{"forged", xmlOf(payment("sign", strings.Repeat("A", 32))), 401, signer.ErrSignature},
		{"too large", "<xml>" + strings.Repeat(" ", 2<<20), 413, notify.ErrTooLarge},
	} {
		recorder := post(h, row.body)
		assert.Equal(t, row.status, recorder.Code, row.name)
		assert.Contains(t, recorder.Body.String(), "<![CDATA[FAIL]]>", row.name)
		require.ErrorIs(t, f.last(t), row.want, row.name)
	}
	assert.Contains(t, post(new(notify.MultiHandler), "<xml/>").Body.String(), "<![CDATA[no handler]]>")
}

func TestConfigErrorsOfAPIv2(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		change func(*notify.Config)
		want   string
	}{
		{"both", func(*notify.Config) {}, ""},
		{"APIv2 alone", func(c *notify.Config) { *c = notify.Config{APIv2Key: v2Key, MchID: "1"} }, ""},
		{"APIv2 alone with a scheme", func(c *notify.Config) { *c = notify.Config{APIv2Key: v2Key, Scheme: signer.RSA} }, ""},
		{"short key", func(c *notify.Config) { c.APIv2Key = cipher.NewSecret("short") }, "notify: Config.APIv2Key has 5 bytes; it must have 32, as shown in the merchant console"},
		{"a merchant without the key", func(c *notify.Config) { c.APIv2Key, c.MchID = cipher.Secret{}, "1" }, "notify: Config.MchID is for APIv2, and Config.APIv2Key is missing; set both"},
		{"a brand", func(c *notify.Config) { c.Scheme = signer.Brand }, "notify: Config.APIv2Key is for merchants; a brand has no APIv2"},
		{"v3 without its key", func(c *notify.Config) { c.APIv3Key = cipher.Secret{} }, "notify: Config.APIv3Key has 0 bytes; it must have 32, as shown in the merchant console"},
		{"v3 without keys", func(c *notify.Config) { c.Keys = nil }, "notify: Config.Keys is missing; set WeChat Pay's keys, such as those of Client.PlatformKeys"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			cfg := configV2()
			row.change(&cfg)
			p, err := notify.NewParser(cfg)
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
			assert.Nil(t, p)
		})
	}
}
