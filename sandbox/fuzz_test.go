package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// FuzzSignedRequest sends whatever a known caller may send. It is answered as documented, or
// refused with a code; 5xx comes only when a number asks for it.
func FuzzSignedRequest(f *testing.F) {
	g, credential := benchGateway(f, sandbox.Webhooks{Off: true})
	for _, number := range []string{"FUZZ-1", "FUZZ-2"} {
		g.ServeHTTP(discard{http.Header{}}, signedOrder(f, credential, number, "https://example.com/"))
	}
	id, err := g.Pay("FUZZ-1")
	require.NoError(f, err)
	seed(f, id)
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") || strings.ContainsAny(target, " #\x7f") || !isToken(method) {
			t.Skip("net/http does not let it through")
		}
		signed := body
		if strings.HasPrefix(contentType, "multipart/form-data") {
			signed = meta(body)
		}
		auth, err := credential.Authorize(t.Context(), signer.Request{
			Method: method, Target: target, Timestamp: strconv.FormatInt(time.Now().Unix(), 10), Nonce: signer.Nonce(), Body: []byte(signed),
		})
		if err != nil {
			t.Skip("it cannot be signed: ", err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL, r.RequestURI = method, u, target
		r.Header = http.Header{"Authorization": {auth}, "Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {contentType}}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		switch reply := w.Body.String(); {
		case w.Code < 400:
		case strings.HasPrefix(target, "/_sandbox/"):
			assert.Equal(t, http.StatusForbidden, w.Code)
		case w.Code >= 500:
			assert.Regexp(t, "_(SYSTEM_ERROR|BANK_ERROR|SERVICE_UNAVAILABLE)", target+body, "nothing asked for %d %s", w.Code, reply)
		default:
			assert.NotEmpty(t, gjson.Get(reply, "code").Str, "%d %s", w.Code, reply)
			assert.NotEmpty(t, w.Header().Get(signer.HeaderSignature)+w.Header().Get("Request-ID"))
		}
	})
}

// seed adds the documented request of every endpoint, as far as it is one of the merchant.
func seed(f *testing.F, transactionID string) {
	f.Helper()
	known := map[string]string{"out_trade_no": "FUZZ-1", "transaction_id": transactionID}
	for _, e := range catalogue.All() {
		if e.Version != 3 || e.Kind == "redirect-url" {
			continue
		}
		vars, query, object := sample.Request(e, "1900000109")
		target := e.Path
		for name, value := range vars {
			if known[name] != "" {
				value = known[name]
			}
			target = strings.ReplaceAll(target, "{"+name+"}", url.PathEscape(value))
		}
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
		body, contentType := "", "application/json"
		if object != nil {
			for name, value := range known {
				if object.Has(name) {
					object[name] = value
				}
			}
			body = object.Canonical()
		}
		if e.Features.Multipart != nil {
			contentType = "multipart/form-data; boundary=b"
			body = "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n" + body +
				"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nx\r\n--b--\r\n"
		}
		f.Add(e.Method, target, contentType, body)
	}
}

// meta is what the signature of an upload covers, for the boundary "b".
func meta(body string) string {
	_, rest, _ := strings.Cut(body, "\r\n\r\n")
	meta, _, _ := strings.Cut(rest, "\r\n--b")
	return meta
}

func isToken(method string) bool {
	return method != "" && !strings.ContainsFunc(method, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}
