package wechatpay_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestQueryFollowsRFC3986(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	day := time.Date(2026, 11, 22, 8, 0, 0, 0, time.FixedZone("", 8*3600))
	var none *string
	for _, tc := range []struct {
		name  string
		want  string
		query wechatpay.M
	}{
		{"empty", "", wechatpay.M{}},
		{"numbers and texts", "?a=1&b=2&c=3", wechatpay.M{"c": 3, "a": "1", "b": uint16(2)}},
		{"escapes in a value", "?q=a%20b%2Bc%26d%3De%2F%E4%B8%AD~", wechatpay.M{"q": "a b+c&d=e/中~"}},
		{"escapes in a key", "?k%20%26=v", wechatpay.M{"k &": "v"}},
		{"a list", "?id=1&id=2&id=3", wechatpay.M{"id": []int{1, 2, 3}}},
		{"a list of any", "?id=1&id=x", wechatpay.M{"id": []any{1, nil, "x"}}},
		{"an array", "?a=2", wechatpay.M{"a": [1]int{2}}},
		{"booleans", "?off=false&on=true", wechatpay.M{"on": true, "off": false}},
		{"empty and nil", "?empty=", wechatpay.M{"empty": "", "nil": nil, "nilp": none, "none": []string{}}},
		{"floats", "?f=0.5&g=100", wechatpay.M{"f": 0.5, "g": 100.0}},
		{"a JSON number", "?n=1217752501201407033233368018", wechatpay.M{"n": json.Number("1217752501201407033233368018")}},
		{"a time", "?t=2026-11-22T08%3A00%3A00%2B08%3A00", wechatpay.M{"t": day}},
		{"a time in another zone, with a fraction", "?t=2026-11-22T08%3A00%3A00%2B08%3A00", wechatpay.M{"t": wechatpay.Ptr(day.UTC().Add(time.Millisecond))}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := c.Chain("v3/q").Get(t.Context(), &wechatpay.Options{Query: tc.query})
			if assert.NoError(t, err, tc.want) {
				assert.Equal(t, "/v3/q"+tc.want, resp.Get("target").String())
			}
		})
	}
	for _, tc := range []struct {
		name string
		path string
		want string
	}{
		{"after a query", "v3/q?z=1", "/v3/q?z=1&a=2"},
		{"after an empty query", "v3/q?", "/v3/q?a=2"},
		{"after a query expansion", "v3/q{?x}", "/v3/q?x=9&a=2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			opts := &wechatpay.Options{Query: wechatpay.M{"a": 2}}
			if strings.Contains(tc.path, "{") {
				opts.Vars = wechatpay.M{"x": 9}
			}
			resp, err := c.Chain(tc.path).Get(t.Context(), opts)
			require.NoError(t, err)
			assert.Equal(t, tc.want, resp.Get("target").String())
		})
	}
}

func TestJSONIsMarshalledOnceAndExactly(t *testing.T) {
	c, w := sandboxClient(t, nil)
	type amount struct {
		Total    int    `json:"total"`
		Currency string `json:"currency,omitempty"`
	}
	for _, tc := range []struct {
		name string
		body any
		want string
	}{
		{"map", wechatpay.M{"b": "<&>", "a": wechatpay.M{"总": 1}}, `{"a":{"总":1},"b":"<&>"}`},
		{"struct", amount{Total: 1}, `{"total":1}`},
		{"pointer", &amount{1, "CNY"}, `{"total":1,"currency":"CNY"}`},
		{"raw", json.RawMessage("{ \"a\" : 1.0,\n\"b\":\"\\u4e2d\"}\n"), "{ \"a\" : 1.0,\n\"b\":\"\\u4e2d\"}\n"},
		{"bytes", []byte(`{"mchid":"1900000109"}` + "\n"), `{"mchid":"1900000109"}` + "\n"},
		{"document", wechatpay.NewDocument(nil).Set("amount.total", 100), `{"amount":{"total":100}}`},
		{"empty", wechatpay.M{}, `{}`},
		{"line breaks", wechatpay.M{"a": "x\ny\u2028/"}, "{\"a\":\"x\\ny\\u2028/\"}"},
		{"replacement", wechatpay.M{"a": "\ufffd"}, "{\"a\":\"\ufffd\"}"},
		{"backslash", wechatpay.M{"a": `a\ufffd`}, `{"a":"a\\ufffd"}`},
		{"no emoji rule", wechatpay.M{"a": "😀"}, `{"a":"😀"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: tc.body})
			require.NoError(t, err)
			assert.Equal(t, tc.want, resp.Get("body").String(), "as the gateway read it, signature checked")
			assert.Equal(t, tc.want, w.last(t).body)
			assert.Equal(t, "application/json", resp.Get("content_type").String())
		})
	}
}

// TestBytesMayBeUsedAgain: a server may answer before it has read the body.
func TestBytesMayBeUsedAgain(t *testing.T) {
	t.Parallel()
	var late io.ReadCloser
	c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
		late = r.Body
		return reply(500, ""), nil
	})
	body := []byte(`{"a":1}`)
	_, _ = c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: body})
	copy(body, `{"b":2}`)
	sent, err := io.ReadAll(late)
	require.NoError(t, err)
	assert.Equal(t, `{"a":1}`, string(sent))
}

func TestABareCallCarriesNoBody(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	resp, err := c.Chain("v3/echo").Post(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, resp.Get("body").String())
	assert.Equal(t, int64(0), w.last(t).ContentLength)
	assert.Equal(t, "application/json", resp.Get("content_type").String())

	resp, err = c.Chain("v3/echo").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, resp.Get("body").String())
	assert.Empty(t, resp.Get("content_type").String())
	assert.Nil(t, w.last(t).Body)
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	c, w := sandboxClient(t, nil)
	_, err := c.Chain("v3/echo").Post(t.Context(), nil)
	require.NoError(t, err)
	h := w.last(t).Header
	assert.Equal(t, "application/json", h.Get("Accept"))
	assert.Regexp(t, `^wechatpay-chain/\d+\.\d+\.\d+ \(\w+; \w+\) go1`, h.Get("User-Agent"))
	assert.Equal(t, cred.PublicKeyID, h.Get("Wechatpay-Serial"), "the only public key is named")

	own := http.Header{
		"accept": {"text/csv"}, "Content-Type": {"application/json; charset=utf-8"}, "User-Agent": {"own"},
		"Wechatpay-Serial": {cred.PlatformSerial}, "Idempotency-Key": {"k1"}, "X-Twice": {"1", "2"},
	}
	resp, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{Header: own})
	require.NoError(t, err)
	h = w.last(t).Header
	assert.Equal(t, []string{"text/csv"}, h["Accept"])
	assert.Equal(t, "application/json; charset=utf-8", resp.Get("content_type").String())
	assert.Equal(t, "own", h.Get("User-Agent"))
	assert.Equal(t, cred.PlatformSerial, resp.Header.Get("Wechatpay-Serial"), "and so signed by that key")
	assert.Equal(t, []string{"1", "2"}, h["X-Twice"])
	h["X-Twice"][0] = "changed"
	assert.Equal(t, "1", own["X-Twice"][0], "the caller's header is copied")

	_, err = c.Chain("v3/echo").Get(t.Context(), &wechatpay.Options{Header: http.Header{"Host": {"api.mch.weixin.qq.com"}}})
	require.NoError(t, err)
	assert.Equal(t, "api.mch.weixin.qq.com", w.last(t).Host)

	_, err = c.Chain("v3/echo").Get(t.Context(), &wechatpay.Options{Header: http.Header{"Authorization": {"my own"}}})
	assert.Equal(t, "my own", w.last(t).Header.Get("Authorization"))
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, 401, api.StatusCode)
}

func TestWhichKeyARequestNames(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	certificate := cred.PlatformKeys()
	delete(certificate, cred.PublicKeyID)
	two := cred.PlatformKeys()
	two["PUB_KEY_ID_0000000000"] = cred.PublicKey
	for _, tc := range []struct {
		name   string
		change func(*wechatpay.Config)
		want   string
	}{
		{"the only public key", nil, cred.PublicKeyID},
		{"a certificate is not named", func(cfg *wechatpay.Config) { cfg.PlatformKeys = certificate }, ""},
		{"of two public keys none is named", func(cfg *wechatpay.Config) { cfg.PlatformKeys = two }, ""},
		{"the one that it was told", func(cfg *wechatpay.Config) {
			cfg.PlatformKeys, cfg.PlatformKeyID = two, cred.PublicKeyID
		}, cred.PublicKeyID},
		{"a certificate that it was told", func(cfg *wechatpay.Config) { cfg.PlatformKeyID = cred.PlatformSerial }, cred.PlatformSerial},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, w := sandboxClient(t, tc.change)
			_, err := c.Chain("v3/echo").Get(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, tc.want, w.last(t).Header.Get("Wechatpay-Serial"))
		})
	}
}

func TestBaseURLPrefixIsSentAndSigned(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	own := gatewayURL(t, w, c)
	for _, tc := range []struct{ name, base string }{
		{"with a slash", own + "/hk/"},
		{"without a slash", own + "/hk"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp, err := c.Chain("v3/statements/").Get(t.Context(), &wechatpay.Options{BaseURL: tc.base})
			require.NoError(t, err)
			assert.Equal(t, "/hk/v3/statements/", resp.Get("target").String())
		})
	}
	prefixed, _ := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.BaseURL += "/a%2Fb/" })
	resp, err := prefixed.Chain("/v3/x").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "/a%2Fb/v3/x", resp.Get("target").String())
}

func TestABodyThatIsNotJSON(t *testing.T) {
	t.Parallel()
	c, w := sandboxClient(t, nil)
	const meta = `{"filename":"店.png","sha256":"823ceb99fcef5252333ede1b2202341c3b287b6d47571963e6b0ddf393a24f82"}`
	var form bytes.Buffer
	mw := multipart.NewWriter(&form)
	require.NoError(t, mw.WriteField("meta", meta))
	part, err := mw.CreateFormFile("file", "a.png")
	require.NoError(t, err)
	_, _ = part.Write([]byte("\x89PNG\r\n"))
	require.NoError(t, mw.Close())
	opened := 0
	upload := &media.Body{
		ContentType: mw.FormDataContentType(), Size: int64(form.Len()), Signed: []byte(meta),
		Open: func() (io.ReadCloser, error) { opened++; return io.NopCloser(bytes.NewReader(form.Bytes())), nil },
	}
	resp, err := c.Chain("v3/merchant/media/upload").Post(t.Context(), &wechatpay.Options{Body: upload})
	require.NoError(t, err)
	assert.NotEmpty(t, resp.Get("media_id").String())
	assert.Equal(t, 2, opened, "once to be sent, once by this test's transport")
	assert.Equal(t, form.String(), w.last(t).body)
}

func TestUnsignedExcusesAReply(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	opts := &wechatpay.Options{Header: http.Header{sandbox.FaultHeader: {"unsigned"}}}
	_, err := c.Chain("v3/new/download").Get(t.Context(), opts)
	require.ErrorIs(t, err, wechatpay.ErrMissingHeader)
	opts.Unsigned = true
	resp, err := c.Chain("v3/new/download").Get(t.Context(), opts)
	require.NoError(t, err)
	assert.False(t, resp.Verified)
}
