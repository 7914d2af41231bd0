package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// control calls the control API with the token, unless change takes it away.
func control(t *testing.T, g *sandbox.Gateway, method, path, body string, change func(*http.Request)) (status int, reply string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:8080/_sandbox/v1/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+g.ControlToken())
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestWhoMayControl: a page in somebody's browser must not play the payer.
func TestWhoMayControl(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{ControlToken: "secret", ControlHosts: []string{"sandbox.internal"}})
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, row := range []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"with the token", nil, 200},
		{"without a token", func(r *http.Request) { r.Header.Del("Authorization") }, 403},
		{"another token", header("Authorization", "Bearer other"), 403},
		{"a token without its kind", header("Authorization", "Basic secret"), 403},
		{"under localhost", func(r *http.Request) { r.Host = "localhost:8080" }, 200},
		{"under the IPv6 loopback", func(r *http.Request) { r.Host = "[::1]:8080" }, 200},
		{"under a host that is named", func(r *http.Request) { r.Host = "sandbox.internal" }, 200},
		{"under a name that was rebound", func(r *http.Request) { r.Host = "evil.example.com" }, 403},
		{"from a page of its own", header("Origin", "http://127.0.0.1:8080"), 200},
		{"from a foreign page", header("Origin", "https://evil.example.com"), 403},
		{"from a page without an origin", header("Origin", "null"), 403},
		{"from another site", header("Sec-Fetch-Site", "cross-site"), 403},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			status, reply := control(t, g, "GET", "clock", "", row.change)
			assert.Equal(t, row.status, status, reply)
			assert.NotContains(t, reply, "secret")
		})
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	for _, row := range []struct {
		name, method, path, body string
		status                   int
		text                     string
	}{
		{"an unknown action", "POST", "nothing", "", 404, "GET /_sandbox/v1/ lists them"},
		{"another method", "GET", "pay", "", 405, "use POST"},
		{"no JSON", "POST", "pay", "x", 400, "not a JSON object"},
		{"a list", "POST", "pay", "[]", 400, "not a JSON object"},
		{"a parameter is missing", "POST", "pay", "{}", 400, "/out_trade_no"},
		{"a number for a text", "POST", "pay", `{"out_trade_no":1}`, 400, "/out_trade_no"},
		{"a text for a number", "POST", "keys/public", `{"percent":"50"}`, 400, "/percent"},
		{"a text for the times", "POST", "faults", `{"code":"X","times":"3"}`, 400, "/times"},
		{"a misspelt parameter", "POST", "faults", `{"code":"X","pth":"/v3/x"}`, 400, `the parameter "pth" is unknown; there are: fault code`},
		{"an unknown reason", "POST", "pay/fail", `{"out_trade_no":"1","reason":"HUNGER"}`, 400, "/reason"},
		{"an order that is not there", "POST", "pay", `{"out_trade_no":"none"}`, 409, `order "none" cannot be paid`},
		{"time that goes back", "POST", "clock", `{"advance":"-1h"}`, 409, "time does not go back"},
		{"no duration", "POST", "clock", `{"advance":"soon"}`, 409, "advance"},
		{"time that is too far", "POST", "clock", `{"advance":"900000h"}`, 409, "a hundred years"},
		{"an unknown fault", "POST", "faults", `{"fault":"nonsense"}`, 409, "unknown fault"},
		{"a fault without an effect", "POST", "faults", `{"path":"/v3/x"}`, 409, "no effect"},
		{"a webhook to a stranger", "POST", "webhooks", `{"url":"https://example.com/","event_type":"X","resource":{}}`, 409, "not on this machine"},
		{"a webhook that nobody takes", "POST", "webhooks", `{"url":"http://127.0.0.1:1/","event_type":"X","resource":{}}`, 409, "connection refused"},
		{"sharing that is not there", "POST", "sharing/settle", `{"out_order_no":"none","result":"SUCCESS"}`, 409, "RESOURCE_NOT_EXISTS"},
		{"sharing that succeeds for a reason", "POST", "sharing/settle", `{"out_order_no":"1","result":"SUCCESS","reason":"NO_AUTH"}`, 409, "reason"},
		{"sharing that fails for none", "POST", "sharing/settle", `{"out_order_no":"1","result":"CLOSED"}`, 409, "reason"},
		{"sharing that fails for an unknown reason", "POST", "sharing/settle", `{"out_order_no":"1","result":"CLOSED","reason":"X"}`, 409, "ACCOUNT_ABNORMAL"},
		{"a return that is not there", "POST", "sharing/returns/settle", `{"out_return_no":"none","result":"SUCCESS"}`, 409, "RESOURCE_NOT_EXISTS"},
		{"a return that fails for none", "POST", "sharing/returns/settle", `{"out_return_no":"1","result":"FAILED"}`, 409, "reason"},
		{"a token of no coupon", "POST", "coupons/receive", `{"token":"x"}`, 409, ""},
		{"a stock that is not there", "POST", "stocks/pause", `{"stock_id":"1"}`, 409, ""},
		{"too many percent", "POST", "keys/public", `{"percent":101}`, 409, "out of range"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			status, reply := control(t, g, row.method, row.path, row.body, nil)
			assert.Equal(t, row.status, status, reply)
			assert.Contains(t, gjson.Get(reply, "error").String(), row.text)
		})
	}
}

func TestControlListsWhatItCanDo(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	status, reply := control(t, g, "GET", "", "", nil)
	require.Equal(t, 200, status)
	assert.EqualValues(t, 1, gjson.Get(reply, "version").Int())
	for _, a := range gjson.Get(reply, "actions").Array() {
		path := strings.TrimPrefix(a.Get("path").String(), "/_sandbox/v1/")
		status, _ := control(t, g, a.Get("method").String(), path, "{}", nil)
		assert.NotContains(t, []int{404, 405}, status, path)
		assert.NotEmpty(t, a.Get("doc").String())
	}
}

// TestControlPlays: what programs in other languages need of the payer, time and WeChat Pay.
func TestControlPlays(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{MchID: gateway().Credentials().MchID})
	m := newMerchant(t, g)
	do := func(method, path, body string) gjson.Result {
		t.Helper()
		status, reply := control(t, g, method, path, body, nil)
		require.Equal(t, 200, status, reply)
		return gjson.Parse(reply)
	}
	m.call("POST", prepayPath, prepayBody("controlled", nil))
	id := do("POST", "pay", `{"out_trade_no":"controlled"}`).Get("transaction_id").String()
	assert.Len(t, id, 28)

	before, err := time.Parse(time.RFC3339Nano, do("GET", "clock", "").Get("now").String())
	require.NoError(t, err)
	after, err := time.Parse(time.RFC3339Nano, do("POST", "clock", `{"advance":"240h"}`).Get("now").String())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, after.Sub(before), 240*time.Hour)
	resp, _ := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 200, resp.StatusCode, "signatures stay with the wall clock")

	serial := do("POST", "keys/rotate", "").Get("serial").String()
	resp, _ = m.call("GET", "/v3/certificates", "")
	assert.Equal(t, serial, resp.Header.Get("Wechatpay-Serial"))

	list := do("GET", "requests", "").Get("requests").Array()
	require.Len(t, list, 3)
	assert.Equal(t, "POST", list[0].Get("method").String())
	assert.Contains(t, list[0].Get("signed_message").String(), "POST\n"+prepayPath+"\n")
	assert.Contains(t, list[0].Get("reply").String(), "prepay_id")
	do("DELETE", "requests", "")
	assert.Empty(t, g.Exchanges())
}

// TestControlPlaysWhatSomeCallsNeed: nothing else leads to the states of these.
func TestControlPlaysWhatSomeCallsNeed(t *testing.T) {
	t.Parallel()
	const service = `"service_id":"500001","appid":"wxd678efh567hg6787"`
	for _, row := range []struct{ name, path, before, action, with, call, body, reply string }{
		{
			"a user authorizes a service", "/v3/payscore/permissions", `{` + service + `,"authorization_code":"auth1","notify_url":"https://example.com/"}`,
			"payscore/authorize", `{"authorization_code":"auth1","openid":"o1"}`,
			"/v3/payscore/permissions/assess-user-risk-level", `{` + service + `,"openid":"o1","shopping_info":{"goods":[{"name":"书","category_id":["1"],"amount":1,"count":1,"picture":"https://example.com/"}]}}`, "user_risk_level",
		},
		{
			"a complaint waits for somebody", "", "",
			"complaints", `{"transaction_id":"4200","openid":"o1","text":"没有收到","out_trade_no":"1","amount":100,"immediate":true}`,
			"/v3/merchant-service/complaints-v2/{complaint_id}/response-immediate-service", `{"complainted_mchid":"{mchid}","idempotent_id":"1","message":{"blocks":[{"type":"TEXT","text":{"text":"您好"}}]}}`, "log_id",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, sandbox.Config{})
			m := newMerchant(t, g)
			if row.path != "" {
				resp, body := m.call("POST", row.path, row.before)
				require.Equal(t, 200, resp.StatusCode, body)
			}
			status, did := control(t, g, "POST", row.action, row.with, nil)
			require.Equal(t, 200, status, did)
			fill := strings.NewReplacer("{complaint_id}", gjson.Get(did, "complaint_id").Str, "{mchid}", m.credential.ID)
			resp, body := m.call("POST", fill.Replace(row.call), fill.Replace(row.body))
			require.Equal(t, 200, resp.StatusCode, body)
			assert.True(t, gjson.Get(body, row.reply).Exists())
		})
	}
}

func TestControlSendsAnyEvent(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = gjson.GetBytes(body, "event_type").String()
		w.WriteHeader(http.StatusAccepted) // not an acknowledgement
	}))
	t.Cleanup(server.Close)
	request, err := json.Marshal(map[string]any{"url": server.URL, "event_type": "COMPLAINT.CREATE", "resource": map[string]string{"complaint_id": "1"}})
	require.NoError(t, err)
	status, reply := control(t, g, "POST", "webhooks", string(request), nil)
	require.Equal(t, 200, status, reply)
	assert.Equal(t, "COMPLAINT.CREATE", got)
	assert.EqualValues(t, 202, gjson.Get(reply, "status").Int())
	assert.False(t, gjson.Get(reply, "acknowledged").Bool())
}

// TestControlSettlesSharing: two receivers of a share and two returns, of which the others fail.
func TestControlSettlesSharing(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{MchID: gateway().Credentials().MchID, SharingDelay: -1})
	m := newMerchant(t, g)
	cred := g.Credentials()
	m.header.Set(signer.HeaderSerial, cred.PublicKeyID)
	name, err := cipher.Encrypt(cred.PublicKey, "示例商户")
	require.NoError(t, err)
	call := func(method, path, body string) gjson.Result {
		t.Helper()
		resp, reply := m.call(method, path, body)
		require.Equal(t, 200, resp.StatusCode, reply)
		return gjson.Parse(reply)
	}
	do := func(path, body string) gjson.Result {
		t.Helper()
		status, reply := control(t, g, "POST", path, body, nil)
		require.Equal(t, 200, status, reply)
		return gjson.Parse(reply)
	}
	call("POST", prepayPath, prepayBody("shared", func(b map[string]any) { b["settle_info"] = map[string]any{"profit_sharing": true} }))
	id := do("pay", `{"out_trade_no":"shared"}`).Get("transaction_id").String()
	do("clock", `{"advance":"1m"}`)
	for _, shop := range []string{"1900000201", "1900000202"} {
		call("POST", "/v3/profitsharing/receivers/add", fmt.Sprintf(
			`{"appid":"wx1","type":"MERCHANT_ID","account":%q,"name":%q,"relation_type":"STORE"}`, shop, name))
	}
	call("POST", "/v3/profitsharing/orders", fmt.Sprintf(`{"appid":"wx1","transaction_id":%q,"out_order_no":"share","unfreeze_unsplit":false,"receivers":[
		{"type":"MERCHANT_ID","account":"1900000201","amount":20,"description":"x"},
		{"type":"MERCHANT_ID","account":"1900000202","amount":10,"description":"x"}]}`, id))
	share := func() gjson.Result { return call("GET", "/v3/profitsharing/orders/share?transaction_id="+id, "") }
	do("clock", `{"advance":"24h"}`)
	assert.Equal(t, "PROCESSING", share().Get("state").String())
	do("sharing/settle", `{"out_order_no":"share","account":"1900000202","result":"CLOSED","reason":"RECEIVER_HIGH_RISK"}`)
	do("sharing/settle", `{"out_order_no":"share","result":"SUCCESS"}`)
	assert.Equal(t, "FINISHED", share().Get("state").String())
	assert.JSONEq(t, `["SUCCESS","CLOSED"]`, share().Get("receivers.#.result").Raw)
	assert.Equal(t, "RECEIVER_HIGH_RISK", share().Get("receivers.1.fail_reason").String())

	for no, settled := range map[string]string{"back-1": `"SUCCESS"`, "back-2": `"FAILED","reason":"ACCOUNT_ABNORMAL"`} {
		made := call("POST", "/v3/profitsharing/return-orders", fmt.Sprintf(
			`{"out_order_no":"share","out_return_no":%q,"return_mchid":"1900000201","amount":5,"description":"x"}`, no))
		assert.Equal(t, "PROCESSING", made.Get("result").String())
		do("sharing/returns/settle", fmt.Sprintf(`{"out_return_no":%q,"result":%s}`, no, settled))
	}
	back := func(no string) gjson.Result {
		return call("GET", "/v3/profitsharing/return-orders/"+no+"?out_order_no=share", "")
	}
	assert.Equal(t, "SUCCESS", back("back-1").Get("result").String())
	assert.Equal(t, "ACCOUNT_ABNORMAL", back("back-2").Get("fail_reason").String())
}
