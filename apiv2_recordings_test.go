package wechatpay_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// v2Server answers every request with the same reply, and keeps the last request.
type v2Server struct {
	*httptest.Server

	request *http.Request
	body    string

	status int
	header http.Header
	reply  []byte
}

func newV2Server(t *testing.T) *v2Server {
	t.Helper()
	s := &v2Server{status: 200, header: http.Header{"Content-Type": {"text/xml"}}, reply: []byte("<xml><return_code>FAIL</return_code></xml>")}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.request, s.body = r, string(body)
		for name, values := range s.header {
			w.Header()[name] = values
		}
		w.WriteHeader(s.status)
		_, _ = w.Write(s.reply)
	}))
	t.Cleanup(s.Close)
	return s
}

// newV2Client is a client that calls APIv2 alone.
func newV2Client(t *testing.T, base string, change func(*wechatpay.Config)) *wechatpay.Client {
	t.Helper()
	v := vectors.Load(t)
	certificate, err := tls.X509KeyPair([]byte(v.Merchant.Certificate), []byte(v.Merchant.PKCS8))
	require.NoError(t, err)
	cfg := wechatpay.Config{
		MchID: v.MchID, APIv2Key: cipher.NewSecret(vectors.V2APIKey), Certificate: certificate, BaseURL: base,
		Clock: func() time.Time { return certificate.Leaf.NotBefore.Add(time.Hour) },
	}
	if change != nil {
		change(&cfg)
	}
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// recordedOptions turns the options of the PHP SDK into ours.
func recordedOptions(t *testing.T, r *vectors.V2Recording) (opts *wechatpay.Options, err error) {
	t.Helper()
	var given struct {
		XML       map[string]any  `json:"xml"`
		Query     map[string]any  `json:"query"`
		Nonceless json.RawMessage `json:"nonceless"`
		Security  any             `json:"security"`
	}
	decoder := json.NewDecoder(bytes.NewReader(r.Options))
	decoder.UseNumber()
	if err := decoder.Decode(&given); err != nil {
		return nil, err
	}
	opts = &wechatpay.Options{Unencrypted: []string{"enc_bank_no", "enc_true_name"}}
	opts.V2.MutualTLS = wechatpay.Ptr(given.Security == true)
	opts.V2.Nonce = wechatpay.Ptr(given.Nonceless == nil)
	values := given.XML
	if given.XML != nil {
		opts.XML = given.XML
	} else if values = given.Query; values != nil {
		opts.Query = given.Query
	}
	if float, ok := values["body"].(map[string]any); ok && float["$float"] != nil && r.Group == "value" {
		text, _ := float["$float"].(string)
		values["body"], err = strconv.ParseFloat(text, 64)
		require.NoError(t, err)
	}
	if r.ServerView != "ok" {
		return opts, nil
	}
	sent := sentParams(t, r.Sent.Target, r.Sent.Body)
	if r.Group != "value" {
		asText(values, sent)
	}
	for _, p := range sent {
		switch p.Name {
		case "nonce_str":
			if _, ok := values["nonce_str"]; !ok {
				values["nonce_str"] = p.Value // the recorded one
			}
		case "sign":
			opts.V2.Digest = signer.MD5
			if len(p.Value) == 64 {
				opts.V2.Digest = signer.HMACSHA256
			}
		}
	}
	return opts, nil
}

// asText writes floats and booleans as the text that PHP makes of them, and leaves null out.
func asText(values map[string]any, sent []signer.Param) {
	for name, value := range values {
		switch value.(type) {
		case nil:
			delete(values, name)
		case bool, map[string]any:
			values[name] = paramOf(sent, name)
		}
	}
}

// sentParams returns what was sent in a query or in XML, without what is empty.
func sentParams(t *testing.T, target, body string) []signer.Param {
	t.Helper()
	var params []signer.Param
	add := func(name, value string) {
		if value != "" {
			params = append(params, signer.Param{Name: name, Value: value})
		}
	}
	if body == "" {
		_, query, _ := strings.Cut(target, "?")
		for pair := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			value, err := url.QueryUnescape(value)
			require.NoError(t, err)
			add(name, value)
		}
		return params
	}
	elements, err := flatxml.Parse([]byte(body))
	require.NoError(t, err, body)
	for _, e := range elements {
		add(e.Name, e.Text)
	}
	return params
}

// TestRecordedRequests: what the PHP SDK sent rightly, we send with the same values, base string
// and sign. What it sent wrongly is refused, or mended.
func TestRecordedRequests(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, nil)
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		switch r.Group {
		case "every", "every-capital", "value", "key", "sign_type", "option", "method", "mchid":
		default:
			continue
		}
		t.Run(r.Group+"/"+strconv.Itoa(r.ID), func(t *testing.T) {
			if r.Sent == nil || r.Name == "GET query as string" || r.Path == "/secapi/mch/uploadmedia" { // Options.Query is no string, and an upload is no XML
				counts["not sent by PHP, or not expressible"]++
				return
			}
			if r.Group == "mchid" && (r.Config["mchid"] != "1900000109" || r.Sent == nil) {
				counts["of a client without a merchant id"]++
				return
			}
			opts, err := recordedOptions(t, &r)
			require.NoError(t, err)
			chain := client.Chain("v2" + r.Path)
			server.request = nil
			if browserPaths[r.Path] {
				address, err := chain.BrowserURL(t.Context(), opts)
				require.NoError(t, err)
				assert.ElementsMatch(t, sentParams(t, r.Sent.Target, ""), sentParams(t, address, ""))
				counts["reproduced"]++
				return
			}
			_, err = chain.Do(t.Context(), r.Method, opts)
			if why := stricter[r.Name]; why != "" {
				require.ErrorIs(t, err, wechatpay.ErrInvalid, "%s", r.Options)
				require.ErrorContains(t, err, why)
				counts["refused, though a server takes it"]++
				return
			}
			if r.ServerView != "ok" {
				if server.request == nil {
					require.ErrorIs(t, err, wechatpay.ErrInvalid, "%s", r.Options)
					counts["refused"]++
					return
				}
				params := sentParams(t, server.request.RequestURI, server.body)
				require.NoError(t, signer.VerifyDigest(params, paramOf(params, "sign"), vectors.V2APIKey))
				counts["mended"]++
				return
			}
			var api *wechatpay.APIError
			require.True(t, errors.As(err, &api) || err == nil || server.request != nil, "%v", err)
			require.NotNil(t, server.request, "%v", err)
			sent := sentParams(t, server.request.RequestURI, server.body)
			if r.Name == `{"nonce_str":""}` {
				assert.NotEmpty(t, paramOf(sent, "nonce_str"), "an empty nonce_str is replaced")
				counts["mended"]++
				return
			}
			if r.Name == "1000000000000000.0" {
				assert.Equal(t, "1000000000000000", paramOf(sent, "body"), "PHP writes 1.0E+15")
				return
			}
			assert.ElementsMatch(t, sentParams(t, r.Sent.Target, r.Sent.Body), sent)
			if r.SignedString != nil {
				assert.Equal(t, r.SignedString, signer.DigestMessage(sent))
			}
			assert.Equal(t, r.Path, server.request.URL.EscapedPath(), "where PHP breaks capitals too")
			if r.Name != "headers Accept" {
				assert.Equal(t, r.Sent.Headers["Accept"], server.request.Header.Get("Accept"))
			}
			counts["reproduced"]++
		})
	}
	t.Log(counts)
	assert.GreaterOrEqual(t, counts["reproduced"], 350)
}

var browserPaths = map[string]bool{"/appauth/authindex": true, "/papay/entrustweb": true, "/papay/partner/entrustweb": true}

// stricter are the recordings of what we refuse although a server would take it, with the reason.
var stricter = map[string]string{
	"true": "a boolean", "1.5": "a fraction", "0.30000000000000004": "a fraction", "1.0E+25": "lost digits", "NAN": "is not a number",
	"xml with GET": "must not have a body",
}

func paramOf(params []signer.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// TestRecordedReplies: they are accepted and refused as the PHP SDK does it, but for a few.
func TestRecordedReplies(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) { cfg.MaxReply, cfg.Retry.Attempts = 4<<20, 1 })
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "reply" {
			continue
		}
		t.Run(r.Name, func(t *testing.T) {
			server.status, _ = strconv.Atoi(r.Reply.Status[:3])
			server.header, server.reply = http.Header{}, r.Content(t)
			for _, line := range r.Reply.Headers {
				name, value, _ := strings.Cut(line, ": ")
				server.header.Set(name, value)
			}
			resp, err := client.Chain("v2"+r.Path).Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"appid": "wx8"}})
			want, different := otherwise[r.Name]
			if !different {
				want = r.Accepted
			}
			if !want {
				require.Error(t, err)
				counts["refused"]++
				return
			}
			require.NoError(t, err)
			counts["accepted"]++
			assert.True(t, resp.Verified)
			parsed := map[string]any{}
			if !different { // PHP read nothing
				require.NoError(t, json.Unmarshal(r.Parsed, &parsed))
			}
			for name, value := range parsed {
				if text, ok := value.(string); ok {
					assert.Equal(t, text, resp.Get(name).Str, name)
				}
			}
			assert.Equal(t, server.reply, resp.Bytes())
		})
	}
	t.Log(counts)
	assert.Equal(t, 67, counts["accepted"]+counts["refused"])
}

// TestRecordedRepliesByPath: files are files, what is known to be unsigned passes unsigned, and all
// other texts are refused; the PHP SDK passes anything on its list of paths.
func TestRecordedRepliesByPath(t *testing.T) {
	t.Parallel()
	server := newV2Server(t)
	client := newV2Client(t, server.URL, func(cfg *wechatpay.Config) {
		cfg.Retry.Attempts, cfg.WorkWXSecret = 1, cipher.NewSecret("agentsecret")
	})
	counts := map[string]int{}
	for _, r := range vectors.LoadV2(t) {
		if r.Group != "reply-path" {
			continue
		}
		t.Run(strconv.Itoa(r.ID)+" "+r.Name, func(t *testing.T) {
			server.reply = r.Content(t)
			facts, known := endpoint.LookupV2(http.MethodPost, r.Path)
			method := http.MethodPost
			if !known {
				if facts, known = endpoint.LookupV2(http.MethodGet, r.Path); known {
					method = http.MethodGet
				}
			}
			want := false
			switch {
			case strings.HasPrefix(r.Name, "bill"), r.Name == "not XML":
				want = facts.File
			case strings.HasPrefix(r.Name, "unsigned success"):
				want = facts.Unsigned
			}
			_, err := client.Chain("v2"+r.Path).Do(t.Context(), method, nil)
			switch {
			case facts.Browser:
				require.ErrorContains(t, err, "BrowserURL")
			case want:
				require.NoError(t, err)
			default:
				require.Error(t, err)
			}
			if want == r.Accepted {
				counts["as PHP"]++
			} else {
				counts["other than PHP"]++
			}
		})
	}
	t.Log(counts)
	assert.Equal(t, 91, counts["as PHP"]+counts["other than PHP"])
}

// otherwise are the replies that we accept or refuse other than the PHP SDK, with the reason.
var otherwise = map[string]bool{
	"blank lines before the declaration":                     true,  // harmless, and seen
	"value with CRLF, text, signed":                          true,  // signed before an XML reader changed it
	"control character \\x01, CDATA, signed":                 true,  // the same
	"attribute on the root":                                  true,  // attributes mean nothing
	"result_code absent, signed":                             false, // it is documented, and tells the outcome
	"nested element, signed as \"Array\"":                    false, // PHP's fault
	"DOCTYPE without entities":                               false, // no document type at all
	"external entity, signed as empty":                       false,
	"internal entity, 3 x nested, signed over the expansion": false,
	"XInclude":              false, // an attribute is harmless, a namespace in an element is not
	"500, http_errors off":  false, // a status of 500 is an error
	"gzip Content-Encoding": false, // not asked for
}
