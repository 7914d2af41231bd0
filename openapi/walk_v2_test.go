package openapi_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

// isForBrowser reports whether an endpoint of APIv2 is an address for a browser.
func isForBrowser(e catalogue.Endpoint) bool { return e.Version == 2 && e.Kind == "redirect-url" }

// TestEveryEndpointOfV2BySpellings: all spellings of all endpoints of APIv2 send the same.
func TestEveryEndpointOfV2BySpellings(t *testing.T) {
	t.Parallel()
	c, m := client(t, nil)
	if _, err := c.Chain("v2/pay/orderquery").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{"out_trade_no": "1"}}); err != nil || strings.Contains(m.last, "/v2/") {
		t.Skip("the client does not send APIv2")
	}
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

func baseOf(e catalogue.Endpoint) string {
	if e.Base == "" {
		return wechatpay.DefaultBaseURL
	}
	return e.Base
}

// optionsOfV2 are the least that an endpoint takes.
func optionsOfV2(e catalogue.Endpoint) *wechatpay.Options {
	switch {
	case e.Features.Multipart != nil:
		return &wechatpay.Options{Body: media.Bytes("a.png", []byte("\x89PNG\r\n\x1a\n...."))}
	case e.Method == "GET":
		return &wechatpay.Options{Query: wechatpay.M{"appid": "wxd678efh567hg6787"}}
	}
	return &wechatpay.Options{XML: wechatpay.M{"appid": "wxd678efh567hg6787"}}
}

// sendV2 calls a dynamic chain, and gives what was sent, or is for a browser.
func sendV2(chain wechatpay.Chain, m *memory, e catalogue.Endpoint, opts *wechatpay.Options) (string, error) {
	if isForBrowser(e) {
		address, err := chain.BrowserURL(context.Background(), opts)
		return e.Method + " " + address, err
	}
	m.last = ""
	err := do(chain, e, opts)
	return m.last, err
}

// sendTypedV2 calls a typed chain likewise.
func sendTypedV2(node reflect.Value, m *memory, e catalogue.Endpoint, async string, opts *wechatpay.Options) (string, error) {
	if isForBrowser(e) {
		out := node.MethodByName("BrowserURL").Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(opts)})
		err, _ := out[1].Interface().(error)
		return e.Method + " " + out[0].String(), err
	}
	m.last = ""
	err := called(node, verb(e.Method)+async, opts)(context.Background())
	return m.last, err
}
