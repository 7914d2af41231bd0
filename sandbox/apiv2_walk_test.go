package sandbox_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/check"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/wire"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestEveryEndpointOfAPIv2Answers calls each endpoint with a request made from the catalogue. It
// answers in its shape; or, where a part plays it and the state is missing, with an err_code.
func TestEveryEndpointOfAPIv2Answers(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	count := map[string]int{}
	for _, e := range catalogue.All() {
		if e.Version != 2 {
			continue
		}
		w := callV2(t, g, e)
		body := w.Body.String()
		require.Equal(t, http.StatusOK, w.Code, "%s: %s", e.Path, body)
		message, err := apiv2.Parse(w.Body.Bytes())
		switch {
		case e.Kind == "redirect-url" && !strings.HasPrefix(body, "<xml>"):
			count["a page"]++
			assert.Contains(t, w.Header().Get("Content-Type"), "text/html")
		case strings.HasPrefix(body, "{"):
			count["JSON"]++
			assert.Zero(t, gjson.Get(body, "retcode").Int())
			assert.NotEmpty(t, gjson.Get(body, "access_token").Str, body)
		case e.Path == comments:
			count["a text"]++
			assert.Contains(t, body, "`")
		case message.Get("error_code") == "20002":
			count["no bill"]++
		case message.Get("result_code") == "FAIL":
			count["refused for want of state"]++
			assert.Contains(t, stateless, message.Get("err_code"), "%s: %s", e.Path, body)
		default:
			count["success"]++
			require.NoError(t, err, "%s: %s", e.Path, body)
			assert.Equal(t, "SUCCESS", message.Get("return_code"), "%s: %s", e.Path, body)
			assert.Empty(t, misshapen(t, e, w.Body.Bytes()), "%s: %s", e.Path, body)
			assertAgrees(t, e, w.Body.Bytes())
			if isSigned(t, e.Path) {
				require.NoError(t, message.Verify(g.Credentials().APIv2Key.Reveal()), e.Path)
			}
		}
	}
	t.Log(count)
	assert.GreaterOrEqual(t, count["success"], 100)
	total := 0
	for _, n := range count {
		total += n
	}
	assert.Equal(t, 129, total)
}

// stateless are the err_codes of what was not made before.
var stateless = []string{"ORDERNOTEXIST", "REFUNDNOTEXIST", "CONTRACT_NOT_EXIST", "NOT_FOUND", "NO_BILL_EXIST"}

// callV2 sends the request that a sample has.
func callV2(t *testing.T, g *sandbox.Gateway, e catalogue.Endpoint) *httptest.ResponseRecorder {
	t.Helper()
	body, query, contentType := requestV2(e, g)
	r, err := http.NewRequestWithContext(t.Context(), e.Method, "http://sandbox"+e.Path+query, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", contentType)
	return serve(g, r)
}

// sampleV2 returns what an endpoint takes, from the catalogue.
func sampleV2(e catalogue.Endpoint, g *sandbox.Gateway) xmlValues {
	in := e
	in.JSON = slices.Concat(e.XML, e.Query)
	in.Query = nil
	_, _, object := sample.Request(in, g.Credentials().MchID)
	v := xmlValues{}
	for name, value := range object {
		if text := wire.Text(value); name != "sign" && text != "" {
			v[name] = text
		}
	}
	v = v.with(usualV2[e.Path])
	for _, f := range e.XML {
		if sealed, err := cipher.Encrypt(g.Credentials().PublicKey, v[f.Name]); f.Encrypted && err == nil {
			v[f.Name] = sealed
		}
	}
	return v
}

// requestV2 returns a signed request.
func requestV2(e catalogue.Endpoint, g *sandbox.Gateway) (body, query, contentType string) {
	v := sampleV2(e, g)
	for _, name := range []string{"mch_id", "mchid", "combine_mch_id"} {
		if v[name] != "" {
			v[name] = g.Credentials().MchID
		}
	}
	for _, name := range []string{"appid", "mch_id"} {
		if v[name] == "" && name == "appid" || name == "mch_id" && (v["mchid"] != "" || v["combine_mch_id"] != "") {
			v[name] = "-"
		}
	}
	if e.Features.Nonceless || e.Method == http.MethodGet {
		v["nonce_str"] = "-"
	}
	switch {
	case e.Features.Multipart != nil:
		v = signed(g, xmlValues{"appid": "-", "nonce_str": "-", "media_hash": "900150983cd24fb0d6963f7d28e17f72", "sign_type": "HMAC-SHA256"})
		for _, name := range slices.Sorted(maps.Keys(v)) {
			body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + v[name] + "\r\n"
		}
		body += "--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.jpg\"\r\n\r\nabc\r\n--b--\r\n"
		return body, "", "multipart/form-data; boundary=b"
	case e.Method == http.MethodGet:
		return "", "?" + queryOf(signed(g, v)), ""
	case len(e.Query) > 0: // beside the body
		query = "?action=" + v["action"]
		delete(v, "action")
	}
	return string(apiv2.XML(signed(g, v).params())), query, "text/xml"
}

// usualV2 are values that the catalogue does not know.
var usualV2 = map[string]xmlValues{
	"/pay/unifiedorder":                      {"trade_type": "NATIVE", "time_expire": "", "fee_type": "CNY"},
	"/pay/micropay":                          {"auth_code": "101234567890123456", "time_expire": "", "fee_type": "CNY", "out_trade_no": "micropay-1"},
	"/mmpaymkttransfers/sendredpack":         {"total_num": "1", "mch_billno": "b1", "total_amount": "100"},
	"/mmpaymkttransfers/promotion/transfers": {"check_name": "NO_CHECK", "partner_trade_no": "t1"},
	"/papay/entrustweb":                      {"plan_id": "1", "notify_url": "https://example.com/"},
	"/papay/h5entrustweb":                    {"plan_id": "1", "notify_url": "https://example.com/"},
	"/papay/preentrustweb":                   {"notify_url": "https://example.com/", "plan_id": "1"},
	"/secapi/pay/refund":                     {"refund_fee_type": "CNY"},
	"/secapi/pay/refundv2":                   {"refund_fee_type": "CNY"},
	"/tools/shorturl":                        {"long_url": "weixin://wxpay/bizpayurl?pr=1"},
	"/tools/authcodetoopenid":                {"auth_code": "101234567890123456"},
	"/pay/downloadbill":                      {"bill_date": "20260401", "bill_type": "ALL", "tar_type": ""},
	"/pay/downloadfundflow":                  {"bill_date": "20260401", "tar_type": ""},
}

var ordinal = regexp.MustCompile(`_[0-9]+(_[0-9]+)?$`)

// misshapen compares a reply with the catalogue: what is required has to be there, and nothing may
// be there that is not documented, but for what the pages for partners have.
func misshapen(t *testing.T, e catalogue.Endpoint, body []byte) []check.Fault {
	t.Helper()
	if len(e.Reply) == 0 {
		return nil
	}
	elements, err := flatxml.Parse(body)
	require.NoError(t, err)
	faults := check.Reply(e.Reply, typedReply(e.Reply, elements))
	return slices.DeleteFunc(faults, func(f check.Fault) bool {
		name := strings.TrimPrefix(f.Field, "/")
		i := slices.IndexFunc(e.Reply, func(f catalogue.Field) bool { return f.Name == name })
		switch f.Issue {
		case check.Missing:
			return i < 0 || !e.Reply[i].Required || ofFailure.MatchString(name)
		case check.Undocumented:
			return strings.HasPrefix(name, "sub_") || name == "result_code" || name == "return_msg"
		}
		return false
	})
}

// comments are sent as a text, and only its errors in XML.
const comments = "/billcommentsp/batchquerycomment"

// typedReply returns elements in the types of the catalogue.
func typedReply(fields catalogue.Fields, elements []flatxml.Element) play.Object {
	o := play.Object{}
	for _, element := range elements {
		name := element.Name
		i := slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
		if i < 0 && ordinal.MatchString(name) {
			base := ordinal.ReplaceAllString(name, "")
			i = slices.IndexFunc(fields, func(f catalogue.Field) bool { return f.Name == base+"_$n" || f.Name == base+"_$n_$m" })
		}
		if i < 0 {
			o[name] = element.Text
			continue
		}
		f := fields[i]
		switch {
		case strings.HasPrefix(f.Type, "object"):
			inner := map[string]any(typedReply(f.Fields, element.Children))
			if !strings.HasSuffix(f.Type, "[]") {
				o[f.Name] = inner
				continue
			}
			list, _ := o[f.Name].([]any)
			o[f.Name] = append(list, inner)
		case f.Type == "integer" || f.Type == "number":
			o[f.Name] = json.Number(element.Text)
		case f.Type == "boolean":
			o[f.Name] = element.Text == "true"
		default:
			o[f.Name] = element.Text
		}
	}
	return o
}

// FuzzSignedV2 sends whatever a known caller of APIv2 may send. It is answered, or refused, but
// never with 5xx.
func FuzzSignedV2(f *testing.F) {
	g, err := newFuzzed()
	require.NoError(f, err)
	for _, e := range catalogue.All() {
		if e.Version == 2 {
			body, query, contentType := requestV2(e, g)
			f.Add(e.Method, e.Path+query, contentType, body)
		}
	}
	key := g.Credentials().APIv2Key.Reveal()
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://sandbox/", strings.NewReader(resigned(body, key)))
		if err != nil || !strings.HasPrefix(target, "/") {
			t.Skip("net/http does not let it through")
		}
		u, err := r.URL.Parse("http://sandbox" + target)
		if err != nil {
			t.Skip("net/http does not let it through")
		}
		if query, err := apiv2.QueryParams(u.RawQuery); err == nil && method == http.MethodGet {
			u.RawQuery = queryOf(resignedParams(query, key))
		}
		r.URL, r.RequestURI = u, u.RequestURI()
		r.Header.Set("Content-Type", contentType)
		w := serve(g, r)
		assert.Less(t, w.Code, http.StatusInternalServerError, w.Body)
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/xml") {
			_, err := apiv2.Parse(w.Body.Bytes())
			require.NoError(t, err, "%q", w.Body)
		}
	})
}

// resigned signs a request again whose xmlValues were changed.
func resigned(body, key string) string {
	message, err := apiv2.Parse([]byte(body))
	if err != nil {
		return body
	}
	params, err := message.Params()
	if err != nil {
		return body
	}
	return string(apiv2.XML(resignedParams(params, key).params()))
}

func resignedParams(params []signer.Param, key string) xmlValues {
	v := xmlValues{}
	for _, p := range params {
		v[p.Name] = flatxml.Clean(p.Value)
	}
	digest := signer.MD5
	if v["sign_type"] == string(signer.HMACSHA256) {
		digest = signer.HMACSHA256
	}
	if v["sign"] != "" {
		v["sign"] = digest.Sign(v.params(), key)
	}
	return v
}

func newFuzzed() (*sandbox.Gateway, error) {
	keys, err := sharedKeys()
	if err != nil {
		return nil, err
	}
	return sandbox.New(sandbox.Config{Keys: keys, Webhooks: sandbox.Webhooks{Off: true}})
}
