package wechatpay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
)

// TestErrorsPrintNoQueryAndNoValue: neither a query, nor a value of Vars, nor a body is in
// the text of an error, whatever fails, and whoever wrote the cause.
func TestErrorsPrintNoQueryAndNoValue(t *testing.T) {
	t.Parallel()
	var answer func(r *http.Request) (*http.Response, error)
	failing := func(text func(r *http.Request) error) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) { return nil, text(r) }
	}
	ok := func(*http.Request) (*http.Response, error) { return reply(200, `{"amount":"SECRET"}`), nil }
	client := func(t *testing.T) *wechatpay.Client {
		t.Helper()
		return answering(t, nil, answer)
	}
	const template = "v3/pay/transactions/{id}"
	opts := &wechatpay.Options{Vars: wechatpay.M{"id": "SECRET 中"}, Query: wechatpay.M{"mchid": "SECRET"}}
	for _, row := range []struct {
		name   string
		answer func(r *http.Request) (*http.Response, error)
		path   string
		opts   *wechatpay.Options
	}{
		{"an http.Client as transport", failing(func(r *http.Request) error {
			return &url.Error{Op: "Get", URL: r.URL.String(), Err: &net.OpError{Op: "read", Err: errors.New("reset")}}
		}), template, opts},
		{"an http.Client, joined and wrapped", failing(func(r *http.Request) error {
			return fmt.Errorf("proxy: %w", errors.Join(io.EOF, &url.Error{Op: "Get", URL: "https://proxy/?t=SECRET", Err: &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF}}))
		}), template, opts},
		{"a transport that prints the URL", failing(func(r *http.Request) error { return fmt.Errorf("no answer from %s", r.URL) }), template, opts},
		{"a transport that prints the target", failing(func(r *http.Request) error { return fmt.Errorf("GET %s: no answer", r.URL.RequestURI()) }), template, opts},
		{"a transport that prints the path", failing(func(r *http.Request) error { return fmt.Errorf("GET %s: no answer", r.URL.Path) }), template, opts},
		{"an unsigned reply", ok, template, opts},
		{"a token in an absolute URL", failing(func(r *http.Request) error { return errors.New(r.URL.String()) }), "https://api.mch.weixin.qq.com/v3/billdownload/file?token=SECRET", nil},
		{"a literal query", failing(func(r *http.Request) error { return errors.New(r.URL.String()) }), "v3/x?a=SECRET", nil},
		{"a query and a variable too many", ok, "v3/x?a=SECRET", vars("id", "SECRET")},
		{"a query and a variable that is missing", ok, "v3/x/{id}?a=SECRET", nil},
		{"a query behind an open brace", ok, "v3/{id?a=SECRET", opts},
		{"a query in a broken expression", ok, "v3/x{?a=SECRET}", opts},
		{"only a query", ok, "/?a=SECRET", nil},
		{"a password", ok, "https://user:SECRET@api.mch.weixin.qq.com/v3/x", nil},
		{"a password with a slash", ok, "https://user:SEC/SECRET@api.mch.weixin.qq.com/v3/x", nil},
		{"a broken host", ok, "https://[::1/SECRET", nil},
		{"a value that cannot be text", ok, template, vars("id", net.IP("SECRET"))},
		{"a value with a control character", ok, template, vars("id", "SECRET\n")},
		{"an empty value under a secret key", ok, "v3/x{?id*}", vars("id", map[string]string{"SECRET": ""})},
		{"a header", ok, "v3/x", &wechatpay.Options{Header: http.Header{"X-A": {"SECRET\n"}}}},
		{"a base URL", ok, "v3/x", &wechatpay.Options{BaseURL: "https://u:SECRET@host/"}},
		{"a base URL without a scheme", ok, "v3/x", &wechatpay.Options{BaseURL: "SECRET:80"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			answer = row.answer
			_, err := client(t).Chain(row.path).Get(t.Context(), row.opts)
			require.Error(t, err)
			hex := fmt.Sprintf("%x", "SECRET")
			for ; err != nil && err != io.EOF && !isForeign(err); err = errors.Unwrap(err) { //nolint:errorlint // it stops at the cause
				assert.NotContains(t, err.Error(), "SECRET")
				assert.NotContains(t, err.Error(), hex)
			}
		})
	}
}

// isForeign reports whether an error was made outside of this library.
func isForeign(err error) bool {
	_, call := err.(*wechatpay.CallError) //nolint:errorlint // this error itself
	return !call
}

func TestDecodePrintsNoValue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, body, want string
		into             any
	}{
		{"a number that is too large", `{"a":{"b":99887766554433221100}}`, "a.b: a number does not fit into int", &struct {
			A struct {
				B int `json:"b"`
			} `json:"a"`
		}{}},
		{"a text for a number", `{"a":"998877"}`, "a: a string does not fit into int", &struct {
			A int `json:"a"`
		}{}},
		{"a time", `{"a":"998877"}`, "a type refused its value (*time.ParseError)", &struct{ A time.Time }{}},
		{"not JSON", `998877 x`, "invalid character 'x' after top-level value", new(any)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := answering(t, nil, func(*http.Request) (*http.Response, error) { return reply(400, row.body), nil })
			_, err := c.Chain("v3/x").Get(t.Context(), nil)
			var api *wechatpay.APIError
			require.ErrorAs(t, err, &api)
			err = api.Response.Decode(row.into)
			require.EqualError(t, err, "wechatpay: decoding the reply: "+row.want)
			assert.NotContains(t, err.Error(), "9988")
		})
	}
}

// TestForgeriesAreCut: a header or a body of a stranger does not fill the log.
func TestForgeriesAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A", 900_000)
	signed := func(name string) http.Header {
		h := http.Header{
			"Wechatpay-Serial": {"0A"}, "Wechatpay-Nonce": {"n"}, "Wechatpay-Signature": {"AAAA"},
			"Wechatpay-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)},
		}
		h.Set(name, long)
		return h
	}
	for _, row := range []struct {
		name   string
		status int
		header http.Header
		body   string
	}{
		{"serial", 200, signed("Wechatpay-Serial"), `{}`},
		{"public key id", 200, http.Header{
			"Wechatpay-Serial": {"PUB_KEY_ID_" + long}, "Wechatpay-Nonce": {"n"}, "Wechatpay-Signature": {"AAAA"},
			"Wechatpay-Timestamp": {strconv.FormatInt(time.Now().Unix(), 10)},
		}, `{}`},
		{"timestamp", 200, signed("Wechatpay-Timestamp"), `{}`},
		{"nonce", 200, signed("Wechatpay-Nonce"), `{}`},
		{"signature", 200, signed("Wechatpay-Signature"), `{}`},
		{"request id", 200, signed("Request-Id"), `{}`},
		{"request id of an error", 400, http.Header{"Request-Id": {long}}, `{"code":"A"}`},
		{"code", 400, nil, `{"code":"` + long + `"}`},
		{"message", 400, nil, `{"message":"` + long + `"}`},
		{"message of a forgery", 400, signed("Wechatpay-Serial"), `{"code":"` + long + `","message":"` + long + `"}`},
		{"field", 400, nil, `{"code":"A","detail":{"field":"` + long + `"}}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var logged, dumped bytes.Buffer
			c := answering(t, func(cfg *wechatpay.Config) { cfg.Logger = slog.New(slog.NewTextHandler(&logged, nil)) },
				func(*http.Request) (*http.Response, error) {
					resp := reply(row.status, row.body)
					if row.header != nil {
						resp.Header = row.header.Clone()
					}
					return resp, nil
				})
			_, err := c.Chain("v3/x").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{}, Debug: &dumped})
			require.Error(t, err)
			assert.Less(t, len(err.Error()), 2000)
			assert.Less(t, logged.Len(), 2000)
			assert.Less(t, dumped.Len(), 4000)
		})
	}
	c := answering(t, nil, func(*http.Request) (*http.Response, error) { return nil, errors.New("malformed HTTP response " + long) })
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	assert.Less(t, len(err.Error()), 5000)
}

// TestErrorsPrintNoSecret: an error prints neither key nor header, also where it is a field.
func TestErrorsPrintNoSecret(t *testing.T) {
	t.Parallel()
	c := answering(t, nil, func(r *http.Request) (*http.Response, error) {
		resp := reply(400, `{"code":"A"}`)
		resp.Request = r
		return resp, nil
	})
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	printtest.Hides(t, err, "WECHATPAY2-SHA256-RSA2048")
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	printtest.Hides(t, *api, "WECHATPAY2-SHA256-RSA2048")
}
