package openapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// isForBrowser reports whether an endpoint of APIv2 is an address for a browser.
func isForBrowser(e catalogue.Endpoint) bool { return e.Version == 2 && e.Kind == "redirect-url" }

// TestEveryEndpointOfV2BySpellings: all spellings of all endpoints of APIv2 send the same.
func TestEveryEndpointOfV2BySpellings(t *testing.T) {
	t.Parallel()
	c, m := clientV2(t)
	chains := openapi.Map(c)
	walked := 0
	for e := range ofVersion(2) {
		walked++
		typed, _ := walk(t, c, e)
		opts := optionsOfV2(e)
		onBase := *opts
		onBase.BaseURL = e.Base
		want := e.Method + " " + strings.TrimSuffix(baseOf(e), "/") + e.Path
		for _, spelling := range []struct {
			name string
			send func() (string, error)
		}{
			{"chain", func() (string, error) { return sendV2(c.Chain(e.Route()), m, e, &onBase) }},
			{"names", func() (string, error) { return sendV2(c.At(names(e.Route())...), m, e, &onBase) }},
			{"at", func() (string, error) { return sendV2(c.At(e.Route()), m, e, &onBase) }},
			{"map", func() (string, error) { return sendV2(chains[e.Route()], m, e, opts) }},
			{"typed", func() (string, error) { return sendTypedV2(typed, m, e, "", opts) }},
			{"typed, async", func() (string, error) { return sendTypedV2(typed, m, e, "Async", opts) }},
		} {
			sent, err := spelling.send()
			require.NoError(t, err, "%s: %s", spelling.name, e.Route())
			sent, _, _ = strings.Cut(sent, "?") // what is signed of a GET
			require.Equal(t, want, sent, spelling.name)
		}
	}
	assert.GreaterOrEqual(t, walked, 129)
}

// A memoryV2 is a memory that answers with success.
type memoryV2 struct{ memory }

func (m *memoryV2) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.memory.RoundTrip(r)
	reply := "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code></xml>"
	if strings.HasSuffix(r.URL.Path, "/getaccesstoken") {
		reply = `{"retcode":0}`
	}
	resp.StatusCode, resp.Body = http.StatusOK, io.NopCloser(strings.NewReader(reply))
	return resp, err
}

// clientV2 is client with what APIv2 needs.
func clientV2(t *testing.T) (*wechatpay.Client, *memoryV2) {
	t.Helper()
	m := &memoryV2{}
	c, _ := client(t, func(cfg *wechatpay.Config) {
		cfg.APIv2Key, cfg.Transport = cipher.NewSecret(vectors.V2APIKey), m
	})
	return c, m
}

func baseOf(e catalogue.Endpoint) string {
	if e.Base == "" {
		return wechatpay.DefaultBaseURL
	}
	return e.Base
}

// optionsOfV2 are the least that an endpoint takes. A test's transport presents no certificate.
func optionsOfV2(e catalogue.Endpoint) *wechatpay.Options {
	opts := &wechatpay.Options{V2: wechatpay.V2{MutualTLS: wechatpay.Ptr(false)}}
	switch {
	case e.Features.Multipart != nil:
		opts.Body = media.Bytes("a.png", []byte("\x89PNG\r\n\x1a\n...."))
	case e.Method == http.MethodGet:
		opts.Query = wechatpay.M{"appid": "wxd678efh567hg6787"}
	default:
		opts.XML = wechatpay.M{"appid": "wxd678efh567hg6787"}
	}
	return opts
}

// sendV2 calls a dynamic chain, and gives what was sent, or is for a browser.
func sendV2(chain wechatpay.Chain, m *memoryV2, e catalogue.Endpoint, opts *wechatpay.Options) (string, error) {
	if isForBrowser(e) {
		address, err := chain.BrowserURL(context.Background(), opts)
		return e.Method + " " + address, err
	}
	m.last = ""
	err := answered(e, do(chain, e, opts))
	return m.last, err
}

// answered leaves out that the answer is no file.
func answered(e catalogue.Endpoint, err error) error {
	var api *wechatpay.APIError
	if facts, _ := endpoint.LookupV2(e.Method, e.Path); facts.File && errors.As(err, &api) {
		return nil
	}
	return err
}

// sendTypedV2 calls a typed chain likewise.
func sendTypedV2(node reflect.Value, m *memoryV2, e catalogue.Endpoint, async string, opts *wechatpay.Options) (string, error) {
	if isForBrowser(e) {
		out := node.MethodByName("BrowserURL").Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(opts)})
		err, _ := out[1].Interface().(error)
		return e.Method + " " + out[0].String(), err
	}
	m.last = ""
	err := answered(e, called(node, verb(e.Method)+async, opts)(context.Background()))
	return m.last, err
}
