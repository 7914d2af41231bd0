package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// xmlValues are the elements of a request or a reply.
type xmlValues map[string]string

func (v xmlValues) with(more xmlValues) xmlValues {
	all := xmlValues{}
	for _, m := range []xmlValues{v, more} {
		for name, value := range m {
			all[name] = value
		}
	}
	return all
}

func (v xmlValues) params() []signer.Param {
	list := make([]signer.Param, 0, len(v))
	for name, value := range v {
		list = append(list, signer.Param{Name: name, Value: value})
	}
	return list
}

// signed returns xmlValues with what every request of APIv2 has. A value "-" leaves one out.
func signed(g *sandbox.Gateway, v xmlValues) xmlValues {
	v = xmlValues{"appid": "wxd678efh567hg6787", "mch_id": g.Credentials().MchID, "nonce_str": signer.Nonce()}.with(v)
	for name, value := range v {
		if value == "-" {
			delete(v, name)
		}
	}
	if _, is := v["sign"]; !is {
		digest := signer.MD5
		if v["sign_type"] == string(signer.HMACSHA256) {
			digest = signer.HMACSHA256
		}
		v["sign"] = digest.Sign(v.params(), g.Credentials().APIv2Key.Reveal())
	}
	return v
}

// postXML signs and posts xmlValues, and returns the verified reply.
func postXML(t *testing.T, g *sandbox.Gateway, path string, v xmlValues) xmlValues {
	t.Helper()
	w := postRaw(t, g, path, string(apiv2.XML(signed(g, v).params())))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	return parsed(t, g, path, w.Body.String())
}

func postRaw(t *testing.T, g *sandbox.Gateway, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// parsed reads a reply, and verifies its sign where one is documented.
func parsed(t *testing.T, g *sandbox.Gateway, path, body string) xmlValues {
	t.Helper()
	message, err := apiv2.Parse([]byte(body))
	require.NoError(t, err, body)
	v := xmlValues{}
	if params, err := message.Params(); err == nil {
		for _, p := range params {
			v[p.Name] = p.Value
		}
	}
	if message.Get("return_code") == "SUCCESS" && isSigned(t, path) {
		require.NoError(t, message.Verify(g.Credentials().APIv2Key.Reveal()), body)
	}
	return v
}

func endpointV2(t *testing.T, path string) catalogue.Endpoint {
	t.Helper()
	for _, e := range catalogue.All() {
		if e.Version == 2 && e.Path == path {
			return e
		}
	}
	require.Fail(t, path+" is not in the catalogue")
	return catalogue.Endpoint{}
}

func isSigned(t *testing.T, path string) bool {
	t.Helper()
	for _, f := range endpointV2(t, path).Reply {
		if f.Name == "sign" {
			return true
		}
	}
	return false
}

func orderV2(number string, more xmlValues) xmlValues {
	return xmlValues{
		"body": "公仔", "out_trade_no": number, "total_fee": "100", "spbill_create_ip": "10.0.0.1", "notify_url": "https://example.com/notify",
		"trade_type": "NATIVE", "attach": "<a&b>",
	}.with(more)
}

func codePayment(number, code string) xmlValues {
	return orderV2(number, xmlValues{"auth_code": code, "notify_url": "-", "trade_type": "-"})
}

// expect compares some of the xmlValues of a reply.
func expect(t *testing.T, want, got xmlValues) {
	t.Helper()
	for name, value := range want {
		assert.Equal(t, value, got[name], "%s of %v", name, got)
	}
}

// listening is a shop that takes notifications of APIv2.
func listening(t *testing.T, answer string) (url string, bodies chan string) {
	t.Helper()
	bodies = make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			bodies <- string(body)
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/", bodies
}

func queryOf(v xmlValues) string {
	q := url.Values{}
	for name, value := range v {
		q.Set(name, value)
	}
	return q.Encode()
}

func serve(g *sandbox.Gateway, r *http.Request) *httptest.ResponseRecorder {
	if r.RequestURI == "" {
		r.RequestURI = r.URL.RequestURI()
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// verified reads a notification and verifies its sign.
func verified(t *testing.T, g *sandbox.Gateway, body string) xmlValues {
	t.Helper()
	message, err := apiv2.Parse([]byte(body))
	require.NoError(t, err, body)
	require.NoError(t, message.Verify(g.Credentials().APIv2Key.Reveal()), body)
	return elements(t, body)
}

func elements(t *testing.T, body string) xmlValues {
	t.Helper()
	message, err := apiv2.Parse([]byte(body))
	require.NoError(t, err, body)
	params, err := message.Params()
	require.NoError(t, err, body)
	v := xmlValues{}
	for _, p := range params {
		v[p.Name] = p.Value
	}
	return v
}

// told returns the next notification that a shop got.
func told(t *testing.T, bodies chan string) string {
	t.Helper()
	select {
	case body := <-bodies:
		return body
	case <-time.After(10 * time.Second):
		require.Fail(t, "there was no notification")
		return ""
	}
}
