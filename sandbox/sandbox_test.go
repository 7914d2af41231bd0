package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

// A merchant signs by hand, so that each part can be got wrong.
type merchant struct {
	t          *testing.T
	url        string
	credential signer.Credential
	timestamp  string
	nonce      string
	header     http.Header
	signedAs   func(method, target, body string) (string, string, string) // what is signed in place of what is sent
}

func newMerchant(t *testing.T, g *sandbox.Gateway) *merchant {
	t.Helper()
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	cred := g.Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	return &merchant{
		t: t, url: server.URL,
		credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
		timestamp:  strconv.FormatInt(time.Now().Unix(), 10),
		header:     http.Header{"Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"}},
		signedAs:   func(method, target, body string) (string, string, string) { return method, target, body },
	}
}

func (m *merchant) call(method, target, body string) (*http.Response, string) {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.url+target, strings.NewReader(body))
	require.NoError(m.t, err)
	r.Header = m.header.Clone()
	if m.nonce == "" {
		defer func() { m.nonce = "" }()
		m.nonce = signer.Nonce()
	}
	signedMethod, signedTarget, signedBody := m.signedAs(method, target, body)
	auth, err := m.credential.Authorize(m.t.Context(), signer.Request{
		Method: signedMethod, Target: signedTarget, Timestamp: m.timestamp, Nonce: m.nonce, Body: []byte(signedBody),
	})
	require.NoError(m.t, err)
	if r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", auth)
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(m.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(m.t, err)
	return resp, string(data)
}

func TestGatewayRefusesWhatIsNotWellSigned(t *testing.T) {
	const target = "/v3/certificates"
	for _, tc := range []struct {
		name  string
		spoil func(*merchant)
		field string
	}{
		{"no Authorization", func(m *merchant) { m.header.Set("Authorization", "-") }, "authorization"},
		{"another scheme", func(m *merchant) { m.credential.Signer = brand{m.credential.Signer} }, "authorization"},
		{"another merchant", func(m *merchant) { m.credential.ID = "1900000110" }, "mchid"},
		{"another serial", func(m *merchant) { m.credential.Serial = "0A" }, "serial_no"},
		{"timestamp in the past", func(m *merchant) { m.timestamp = shifted(-6 * time.Minute) }, "timestamp"},
		{"timestamp ahead", func(m *merchant) { m.timestamp = shifted(6 * time.Minute) }, "timestamp"},
		{"timestamp not a number", func(m *merchant) { m.timestamp = "now" }, "timestamp"},
		{"a short nonce", func(m *merchant) { m.nonce = "short" }, "nonce_str"},
		{"another method signed", signedAs("POST", target, ""), "signature"},
		{"another target signed", signedAs("GET", target+"?", ""), "signature"},
		{"another body signed", signedAs("GET", target, "{}"), "signature"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMerchant(t, gateway())
			tc.spoil(m)
			resp, body := m.call("GET", target, "")
			assert.Equal(t, 401, resp.StatusCode)
			assert.Equal(t, "SIGN_ERROR", gjson.Get(body, "code").String())
			assert.Equal(t, tc.field, gjson.Get(body, "detail.field").String(), body)
			assert.False(t, signer.Signed(resp.Header), "WeChat Pay signs no answer to a stranger")
		})
	}
}

type brand struct{ signer.Signer }

func (brand) Scheme() signer.Scheme { return signer.Brand }

func shifted(by time.Duration) string {
	return strconv.FormatInt(time.Now().Add(by).Unix(), 10)
}

func signedAs(method, target, body string) func(*merchant) {
	return func(m *merchant) {
		m.signedAs = func(string, string, string) (string, string, string) { return method, target, body }
	}
}

func TestGatewayRefusesANonceUsedBefore(t *testing.T) {
	m := newMerchant(t, gateway())
	m.nonce = signer.Nonce()
	resp, _ := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 200, resp.StatusCode)
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 401, resp.StatusCode)
	assert.Equal(t, "nonce_str", gjson.Get(body, "detail.field").String())
}

func TestGatewayRemembersNoncesAsLongAsTheyCount(t *testing.T) {
	now := time.Now()
	g, err := sandbox.New(sandbox.Config{Clock: func() time.Time { return now }})
	require.NoError(t, err)
	m := newMerchant(t, g)
	m.nonce = signer.Nonce()
	stamp := func() string { return strconv.FormatInt(now.Unix(), 10) }
	for _, later := range []time.Duration{0, 4 * time.Minute, 7 * time.Minute} {
		now = now.Add(later)
		m.timestamp = stamp()
		resp, _ := m.call("GET", "/v3/certificates", "")
		want := 401
		if later == 0 {
			want = 200
		}
		assert.Equal(t, want, resp.StatusCode, later)
	}
}

func TestGatewayDemandsAcceptAndUserAgent(t *testing.T) {
	m := newMerchant(t, gateway())
	m.header.Del("Accept")
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 400, resp.StatusCode)
	assert.Contains(t, body, "INVALID_REQUEST")
	assert.False(t, signer.Signed(resp.Header))
}

func TestGatewaySignsWithTheKeyThatTheRequestNames(t *testing.T) {
	cred := gateway().Credentials()
	for _, tc := range []struct {
		name        string
		named, want string
	}{
		{"none", "", cred.PlatformSerial},
		{"the certificate", strings.ToLower(cred.PlatformSerial), cred.PlatformSerial},
		{"the public key", cred.PublicKeyID, cred.PublicKeyID},
		{"one that is not known", "PUB_KEY_ID_0", cred.PlatformSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMerchant(t, gateway())
			if tc.named != "" {
				m.header.Set("Wechatpay-Serial", tc.named)
			}
			resp, body := m.call("GET", "/v3/certificates", "")
			assert.Equal(t, tc.want, resp.Header.Get("Wechatpay-Serial"))
			assert.Equal(t, tc.name == "one that is not known", resp.StatusCode == 400, body)
			verifier := signer.NewVerifier(cred.PlatformKeys(), nil)
			require.NoError(t, signer.Check(t.Context(), verifier, resp.Header, []byte(body), time.Now()))
		})
	}
}

func TestGatewayHandsOutItsCertificateEncrypted(t *testing.T) {
	m := newMerchant(t, gateway())
	_, body := m.call("GET", "/v3/certificates", "")
	encrypted := gjson.Get(body, "data.0.encrypt_certificate")
	plain, err := cipher.DecryptResource(gateway().Credentials().APIv3Key, cipher.Resource{
		Nonce: encrypted.Get("nonce").Str, AssociatedData: encrypted.Get("associated_data").Str, Ciphertext: encrypted.Get("ciphertext").Str,
	})
	require.NoError(t, err)
	cert, err := keys.LoadCertificate(keys.Bytes(plain))
	require.NoError(t, err)
	assert.Equal(t, gjson.Get(body, "data.0.serial_no").String(), signer.Serial(cert))
	assert.True(t, cert.Equal(gateway().Credentials().PlatformCertificate))
}

func prepayBody(number string, change func(map[string]any)) string {
	body := map[string]any{
		"appid": "wxd678efh567hg6787", "mchid": gateway().Credentials().MchID, "description": "公仔", "out_trade_no": number,
		"notify_url": "https://example.com/", "amount": map[string]any{"total": 100, "currency": "CNY"}, "attach": "a",
		"payer": map[string]any{"openid": "o"}, "contract_info": map[string]any{},
	}
	if change != nil {
		change(body)
	}
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(data)
}

const prepayPath = "/v3/pay/transactions/jsapi-with-contract"

func TestPrepayChecksItsFields(t *testing.T) {
	m := newMerchant(t, gateway())
	for _, tc := range []struct {
		name   string
		change func(map[string]any)
		field  string
	}{
		{"missing", func(b map[string]any) { delete(b, "appid") }, "/appid"},
		{"empty", func(b map[string]any) { b["notify_url"] = "" }, "/notify_url"},
		{"missing inside", func(b map[string]any) { b["amount"] = map[string]any{} }, "/amount/total"},
		{"string for a number", func(b map[string]any) { b["amount"] = map[string]any{"total": "100"} }, "/amount/total"},
		{"number for a string", func(b map[string]any) { b["out_trade_no"] = 12 }, "/out_trade_no"},
		{"number for a bool", func(b map[string]any) { b["support_fapiao"] = 1 }, "/support_fapiao"},
		{"null", func(b map[string]any) { b["attach"] = nil }, "/attach"},
		{"list for an object", func(b map[string]any) { b["payer"] = []any{} }, "/payer"},
		{"object for a list", func(b map[string]any) { b["detail"] = map[string]any{"goods_detail": map[string]any{}} }, "/detail/goods_detail"},
		{"required of an optional", func(b map[string]any) { b["detail"] = map[string]any{} }, "/detail/goods_detail"},
		{"wrong in a list", func(b map[string]any) {
			b["detail"] = map[string]any{"goods_detail": []any{
				map[string]any{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1},
				map[string]any{"merchant_goods_id": "1", "quantity": "1", "unit_price": 1},
			}}
		}, "/detail/goods_detail/1/quantity"},
		{"another merchant", func(b map[string]any) { b["mchid"] = "1" }, "/mchid"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, body := m.call("POST", prepayPath, prepayBody("fields", tc.change))
			assert.Equal(t, 400, resp.StatusCode)
			assert.Equal(t, "PARAM_ERROR", gjson.Get(body, "code").String())
			assert.Equal(t, tc.field, gjson.Get(body, "detail.field").String(), body)
		})
	}
	for _, garbage := range []string{"", "null", "[]", "{", "{}{}"} {
		resp, _ := m.call("POST", prepayPath, garbage)
		assert.Equal(t, 400, resp.StatusCode, garbage)
	}
}

func TestAnOrderLives(t *testing.T) {
	m := newMerchant(t, gateway())
	expect := func(status int, code, method, target, body string) string {
		t.Helper()
		resp, reply := m.call(method, target, body)
		require.Equal(t, status, resp.StatusCode, reply)
		require.Equal(t, code, gjson.Get(reply, "code").String())
		return reply
	}
	mchid := gateway().Credentials().MchID
	query, closing := "?mchid="+mchid, fmt.Sprintf(`{"mchid":%q}`, mchid)
	byNumber := func(number string) string { return "/v3/pay/transactions/out-trade-no/" + number }

	expect(404, "ORDER_NOT_EXIST", "GET", byNumber("A%2Fb")+query, "")
	expect(400, "PARAM_ERROR", "GET", byNumber("A%2Fb"), "")
	first := expect(200, "", "POST", prepayPath, prepayBody("A/b", nil))
	again := expect(200, "", "POST", prepayPath, prepayBody("A/b", nil))
	assert.Equal(t, first, again, "the same order twice gives the same prepay_id")
	expect(400, "INVALID_REQUEST", "POST", prepayPath, prepayBody("A/b", func(b map[string]any) { b["attach"] = "b" }))
	open := expect(200, "", "GET", byNumber("A%2Fb")+query, "")
	assert.Equal(t, "NOTPAY", gjson.Get(open, "trade_state").String())
	assert.Equal(t, "A/b", gjson.Get(open, "out_trade_no").String())

	id, err := gateway().Pay("A/b")
	require.NoError(t, err)
	twice, err := gateway().Pay("A/b")
	require.NoError(t, err)
	assert.Equal(t, id, twice)
	paid := expect(200, "", "GET", "/v3/pay/transactions/id/"+id+query, "")
	assert.Equal(t, "SUCCESS", gjson.Get(paid, "trade_state").String())
	assert.Equal(t, int64(100), gjson.Get(paid, "amount.payer_total").Int())
	assert.Equal(t, paid, expect(200, "", "GET", byNumber("A%2Fb")+query, ""))
	expect(400, "ORDERPAID", "POST", byNumber("A%2Fb")+"/close", closing)
	expect(400, "ORDERPAID", "POST", prepayPath, prepayBody("A/b", nil))

	expect(200, "", "POST", prepayPath, prepayBody("closed", nil))
	expect(400, "PARAM_ERROR", "POST", byNumber("closed")+"/close", "{}")
	expect(204, "", "POST", byNumber("closed")+"/close", closing)
	expect(204, "", "POST", byNumber("closed")+"/close", closing)
	expect(404, "ORDER_NOT_EXIST", "POST", byNumber("none")+"/close", closing)
	expect(400, "ORDER_CLOSED", "POST", prepayPath, prepayBody("closed", nil))
	_, err = gateway().Pay("closed")
	require.ErrorContains(t, err, "closed")
}

func TestFaultsComeAfterTheDeedButFor429(t *testing.T) {
	m := newMerchant(t, gateway())
	for fault, created := range map[string]bool{"html-502": true, "rate-429": false} {
		m.header.Set(sandbox.FaultHeader, fault)
		m.call("POST", prepayPath, prepayBody("fault-"+fault, nil))
		_, err := gateway().Pay("fault-" + fault)
		assert.Equal(t, created, err == nil, fault)
	}
}

func TestPayIsThereForClientsInAnyLanguage(t *testing.T) {
	m := newMerchant(t, gateway())
	m.call("POST", prepayPath, prepayBody("any-language", nil))
	pay := func(method, number string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, m.url+"/_sandbox/pay/"+number, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	status, body := pay("POST", "any-language")
	assert.Equal(t, 200, status)
	assert.NotEmpty(t, gjson.Get(body, "transaction_id").String())
	status, _ = pay("POST", "none")
	assert.Equal(t, 409, status)
	status, _ = pay("GET", "any-language")
	assert.Equal(t, 405, status)
}

func TestAnyOtherV3PathIsEchoed(t *testing.T) {
	m := newMerchant(t, gateway())
	const target = "/hk/v3/some/path%2Fnew/?a=%20&b"
	resp, body := m.call("PATCH", target, `{"a":1}`)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, "PATCH", gjson.Get(body, "method").String())
	assert.Equal(t, target, gjson.Get(body, "target").String())
	assert.Equal(t, `{"a":1}`, gjson.Get(body, "body").String())
	assert.Equal(t, int64(1), gjson.Get(body, "json.a").Int())

	resp, body = m.call("GET", "/v2/pay/orderquery", "")
	assert.Equal(t, 404, resp.StatusCode, body)
	assert.True(t, signer.Signed(resp.Header))
}

func TestHandleAddsAnEndpoint(t *testing.T) {
	g, err := sandbox.New(sandbox.Config{MchID: "1234567890", APIv3Key: cipher.NewSecret(strings.Repeat("k", 32))})
	require.NoError(t, err)
	g.Handle("POST", "/v3/refund/{no}", func(r *sandbox.Request) *sandbox.Reply {
		return sandbox.JSON(202, map[string]any{"no": r.Vars["no"], "got": string(r.Body)})
	})
	g.Handle("GET", "/v3/bare", func(*sandbox.Request) *sandbox.Reply { return &sandbox.Reply{Status: 200} })
	bare, _ := newMerchant(t, g).call("GET", "/v3/bare", "")
	assert.Equal(t, 200, bare.StatusCode)
	resp, body := newMerchant(t, g).call("POST", "/v3/refund/a%2F1", "x")
	assert.Equal(t, 202, resp.StatusCode)
	assert.JSONEq(t, `{"no":"a/1","got":"x"}`, body)

	_, err = sandbox.New(sandbox.Config{APIv3Key: cipher.NewSecret("short")})
	require.ErrorContains(t, err, "APIv3Key")
}

func TestUploads(t *testing.T) {
	const sum = "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc" // of 0, 1, 2
	for _, tc := range []struct {
		name             string
		path, meta, part string
		file             []byte
		status           int
		want             string
	}{
		{"an image", "/v3/merchant/media/upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "file", []byte{0, 1, 2}, 200, "media_id"},
		{"a marketing image", "/v3/marketing/favor/media/image-upload", `{"sha256":"` + sum + `"}`, "file", []byte{0, 1, 2}, 200, "media_url"},
		{"under another part name", "/v3/mch-manage/submission-files/sub-mchid/1/upload", `{"file_digest":"` + sum + `"}`, "submission_file", []byte{0, 1, 2}, 200, "file_id"},
		{"by SM3", "/v3/taxi-invoice/cards/upload-file", `{"digest":"00","digest_algorithm":"SM3"}`, "file", []byte{0, 1, 2}, 200, "fapiao_media_id"},
		{"another file", "/v3/merchant/media/upload", `{"sha256":"` + sum + `"}`, "file", []byte{0, 1, 3}, 400, "文件摘要不一致"},
		{"no digest", "/v3/merchant/media/upload", `{}`, "file", []byte{0, 1, 2}, 400, "缺少文件摘要"},
		{"no file", "/v3/merchant/media/upload", `{"sha256":"` + sum + `"}`, "other", []byte{0, 1, 2}, 400, "缺少文件"},
		{"another part's name", "/v3/mch-manage/submission-files/sub-mchid/1/upload", `{"file_digest":"` + sum + `"}`, "file", []byte{0, 1, 2}, 400, "submission_file"},
		{"due diligence", "/v3/mch-operation-manage/enhanced-due-diligence/1/upload", `{"file_digest":"` + sum + `"}`, "due_diligence_file", []byte{0, 1, 2}, 200, "file_id"},
		{"SM3 by its name alone", "/v3/merchant/media/upload", `{"filename":"SM3","sha256":"00"}`, "file", []byte{0, 1, 2}, 400, "文件摘要不一致"},
		{"an empty file", "/v3/merchant/media/upload", `{"sha256":"` + sum + `"}`, "file", nil, 400, "缺少文件"},
		{"meta that is no JSON", "/v3/merchant/media/upload", `{`, "file", []byte{0, 1, 2}, 400, "JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMerchant(t, gateway())
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			require.NoError(t, w.WriteField("meta", tc.meta))
			part, err := w.CreateFormFile(tc.part, "a.png")
			require.NoError(t, err)
			_, err = part.Write(tc.file)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			m.header.Set("Content-Type", w.FormDataContentType())
			m.signedAs = func(method, target, _ string) (string, string, string) { return method, target, tc.meta }
			resp, reply := m.call("POST", tc.path, body.String())
			assert.Equal(t, tc.status, resp.StatusCode, reply)
			assert.Contains(t, reply, tc.want)
		})
	}
	m := newMerchant(t, gateway())
	m.header.Set("Content-Type", "multipart/form-data; boundary=x")
	resp, _ := m.call("POST", "/v3/merchant/media/upload", "no parts")
	assert.Equal(t, 401, resp.StatusCode, "the meta part alone is signed")
}

func TestCredentialsPrintNoSecret(t *testing.T) {
	cred := gateway().Credentials()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(verb, cred)
		assert.Contains(t, text, cred.Serial)
		assert.NotContains(t, text, cred.APIv3Key.Reveal())
		assert.NotContains(t, text, cred.PrivateKey.D.String()[:20])
	}
}
