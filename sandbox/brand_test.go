package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const coupons = "/brand/marketing/product-coupon/"

// callAs signs a request with a credential, and returns the reply.
func callAs(t *testing.T, g *sandbox.Gateway, credential signer.Credential, method, target, body string, change func(http.Header)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Header = http.Header{
		"Authorization": {authorization(t, credential, method, target, body)}, "Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"},
		"Wechatpay-Serial": {g.Credentials().Brand.PublicKeyID},
	}
	if change != nil {
		change(r.Header)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

func authorization(t *testing.T, credential signer.Credential, method, target, signed string) string {
	t.Helper()
	header, err := credential.Authorize(t.Context(), signer.Request{
		Method: method, Target: target, Timestamp: strconv.FormatInt(time.Now().Unix(), 10), Nonce: signer.Nonce(), Body: []byte(signed),
	})
	require.NoError(t, err)
	return header
}

func brandCredential(t *testing.T, g *sandbox.Gateway) signer.Credential {
	t.Helper()
	c := g.Credentials().Brand
	s, err := signer.New(c.PrivateKey)
	require.NoError(t, err)
	return signer.Credential{ID: c.BrandID, Serial: c.Serial, Signer: signer.SignAs(signer.Brand, s)}
}

// TestWhoMayCallABrandsPath: a wrong scheme, id or key is a 401, as at WeChat Pay.
func TestWhoMayCallABrandsPath(t *testing.T) {
	t.Parallel()
	g := gateway()
	brand := brandCredential(t, g)
	merchant := g.Credentials()
	key, err := signer.New(merchant.PrivateKey)
	require.NoError(t, err)
	for _, row := range []struct {
		name       string
		credential signer.Credential
		target     string
		change     func(http.Header)
		status     int
		text       string
	}{
		{"the brand", brand, coupons + "notify-configs", nil, 404, "RESOURCE_NOT_EXISTS"},
		{"the merchant", signer.Credential{ID: merchant.MchID, Serial: merchant.Serial, Signer: key}, coupons + "notify-configs", nil, 401, "SIGN_ERROR"},
		{"the merchant by the scheme of brands", signer.Credential{ID: merchant.MchID, Serial: merchant.Serial, Signer: signer.SignAs(signer.Brand, key)}, coupons + "notify-configs", nil, 401, "brand_id"},
		{"mchid for brand_id", signer.Credential{ID: brand.ID, Serial: brand.Serial, Signer: signer.SignAs(signer.Scheme{Name: signer.Brand.Name, IDParam: "mchid"}, brand.Signer)}, coupons + "notify-configs", nil, 401, "brand_id"},
		{"the key of the merchant", signer.Credential{ID: brand.ID, Serial: brand.Serial, Signer: signer.SignAs(signer.Brand, key)}, coupons + "notify-configs", nil, 401, "sign not match"},
		{"the brand on v3", brand, "/v3/certificates", nil, 401, "the scheme of this path is WECHATPAY2"},
		{"no Wechatpay-Serial", brand, coupons + "notify-configs", func(h http.Header) { h.Del("Wechatpay-Serial") }, 400, "Wechatpay-Serial"},
		{"the merchant's public key id", brand, coupons + "notify-configs", func(h http.Header) { h.Set("Wechatpay-Serial", merchant.PublicKeyID) }, 400, "Wechatpay-Serial"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := callAs(t, g, row.credential, "GET", row.target, "", row.change)
			assert.Equal(t, row.status, w.Code)
			assert.Contains(t, w.Body.String(), row.text)
		})
	}
}

// TestPlayedRequestsAreChecked: a request that is not as documented is refused by its field.
func TestPlayedRequestsAreChecked(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	brand := brandCredential(t, g)
	for _, row := range []struct{ name, method, target, body, field string }{
		{"a field is missing", "POST", coupons + "notify-configs", `{}`, "/notify_url"},
		{"another type", "POST", coupons + "notify-configs", `{"notify_url":1}`, "/notify_url"},
		{"no object", "POST", coupons + "notify-configs", `[]`, ""},
		{"no body", "POST", coupons + "notify-configs", ``, ""},
		{"a parameter is missing", "GET", coupons + "users/o1/coupons", ``, "appid"},
		{"an unknown value", "GET", coupons + "users/o1/coupons?appid=wx1&coupon_state=GONE", ``, "coupon_state"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := callAs(t, g, brand, row.method, row.target, row.body, nil)
			require.Equal(t, 400, w.Code, w.Body)
			var refusal struct {
				Code   string
				Detail struct{ Field string }
			}
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &refusal))
			assert.Equal(t, "PARAM_ERROR", refusal.Code)
			assert.Equal(t, row.field, refusal.Detail.Field)
		})
	}
}

// TestWebhooksGoToThisMachineOnly: and only where the brand has an address.
func TestWebhooksGoToThisMachineOnly(t *testing.T) {
	t.Parallel()
	received := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		received <- r
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	type report struct {
		attempts []sandbox.DeliveryAttempt
		err      error
	}
	for _, row := range []struct {
		name, url string
		webhooks  sandbox.Webhooks
		want      error
		sent      bool
	}{
		{"to loopback", server.URL, sandbox.Webhooks{}, nil, true},
		{"to another host", "https://brand.example.com/", sandbox.Webhooks{}, sandbox.ErrForeignHost, false},
		{"turned off", server.URL, sandbox.Webhooks{Off: true}, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			reports := make(chan report, 1)
			row.webhooks.OnDelivery = func(attempts []sandbox.DeliveryAttempt, err error) { reports <- report{attempts, err} }
			g := newGateway(t, sandbox.Config{Webhooks: row.webhooks})
			t.Cleanup(g.Close)
			brand := brandCredential(t, g)
			w := callAs(t, g, brand, "POST", coupons+"notify-configs", `{"notify_url":"`+row.url+`"}`, nil)
			require.Equal(t, 200, w.Code, w.Body)
			give(t, g, brand)
			if row.webhooks.Off {
				g.Close()
				assert.Empty(t, reports)
				assert.Empty(t, received)
				return
			}
			got := <-reports
			require.ErrorIs(t, got.err, row.want)
			if !row.sent {
				assert.Empty(t, received)
				return
			}
			require.Len(t, got.attempts, 1)
			r := <-received
			assert.Equal(t, signer.Brand.Name, r.Header.Get(signer.HeaderSignatureType))
			parser, err := notify.NewParser(notify.Config{Keys: g.Credentials().Brand.PlatformKeys(), APIv3Key: g.Credentials().Brand.APIv3Key, Scheme: signer.Brand})
			require.NoError(t, err)
			event, err := parser.Parse(t.Context(), r.Header, r.Body)
			require.NoError(t, err)
			assert.Equal(t, "PRODUCT_COUPON.SEND", event.EventType)
			assert.Equal(t, "product_coupon", event.OriginalType)
		})
	}
}

// give creates a coupon and sends it to a user.
func give(t *testing.T, g *sandbox.Gateway, brand signer.Credential) {
	t.Helper()
	image := uploadImage(t, g, brand)
	now := time.Now()
	body := `{"out_request_no":"create-1","scope":"ALL","type":"NORMAL","usage_mode":"SINGLE",
		"single_usage_info":{"normal_coupon":{"threshold":10000,"discount_amount":1000}},
		"display_info":{"name":"全场满减券","image_url":"` + image + `","background_url":"` + image + `"},
		"stock":{"coupon_code_mode":"WECHATPAY","stock_send_rule":{"max_count":10,"max_count_per_user":1},
		"single_usage_rule":{"coupon_available_period":{"available_begin_time":"` + now.Format(time.RFC3339) + `","available_end_time":"` + now.AddDate(0, 1, 0).Format(time.RFC3339) + `"}},
		"usage_rule_display_info":{"coupon_usage_method_list":["OFFLINE"],"usage_description":"到店"},
		"coupon_display_info":{"code_display_mode":"QRCODE"},"notify_config":{"notify_appid":"wx1234567890abcdef"},"store_scope":"NONE"}}`
	w := callAs(t, g, brand, "POST", coupons+"product-coupons", body, nil)
	require.Equal(t, 200, w.Code, w.Body)
	var created struct {
		ID    string `json:"product_coupon_id"`
		Stock struct {
			ID string `json:"stock_id"`
		} `json:"stock"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &created))
	w = callAs(t, g, brand, "POST", coupons+"users/oUpF8uMuAJO_M2pxb1Q9zNjWeS6o/coupons",
		`{"product_coupon_id":"`+created.ID+`","stock_id":"`+created.Stock.ID+`","appid":"wx1234567890abcdef","send_request_no":"send-1"}`, nil)
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), "CONFIRMING")
}

func uploadImage(t *testing.T, g *sandbox.Gateway, brand signer.Credential) (url string) {
	t.Helper()
	const file = "\x89PNG…"
	meta := fmt.Sprintf(`{"filename":"a.png","sha256":"%x"}`, sha256.Sum256([]byte(file)))
	body := "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n" + meta +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n" + file + "\r\n--b--\r\n"
	const target = coupons + "media/upload-image"
	w := callAs(t, g, brand, "POST", target, body, func(h http.Header) {
		h.Set("Content-Type", "multipart/form-data; boundary=b")
		h.Set("Authorization", authorization(t, brand, "POST", target, meta))
	})
	require.Equal(t, 200, w.Code, w.Body)
	var reply struct {
		URL string `json:"image_url"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &reply))
	return reply.URL
}
