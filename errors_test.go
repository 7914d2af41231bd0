package wechatpay_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestAnAPIErrorHoldsAllThatTheReplySaid(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	body := seedRequest(t)
	body["amount"] = wechatpay.M{"total": "100"}
	_, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(t.Context(), &wechatpay.Options{JSON: body})

	var api *wechatpay.APIError
	require.ErrorAs(t, fmt.Errorf("deep: %w", fmt.Errorf("deeper: %w", err)), &api)
	assert.Equal(t, 400, api.StatusCode)
	assert.Equal(t, "PARAM_ERROR", api.Code)
	assert.Contains(t, api.Message, "类型应为 number")
	assert.Equal(t, "/amount/total", api.Field())
	assert.JSONEq(t, `{"field":"/amount/total","issue":"类型应为 number","location":"body"}`, string(api.Detail))
	assert.NotEmpty(t, api.RequestID)
	assert.Equal(t, api.RequestID, api.Response.RequestID())
	assert.True(t, api.Verified, "it bore a good signature")
	assert.Equal(t, "wechatpay: POST v3/pay/transactions/jsapi-with-contract: 400 PARAM_ERROR: "+
		api.Message+" (field /amount/total) [request "+api.RequestID+"]", err.Error())
	assert.False(t, wechatpay.OutcomeUnknown(err))
}

// TestTheNumberOfTheManuals stands behind the last hyphen of the request id.
func TestTheNumberOfTheManuals(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	_, err := c.Chain("v3/pay/transactions/out-trade-no/none-such").Get(t.Context(), &wechatpay.Options{
		Query: wechatpay.M{"mchid": gateway().Credentials().MchID},
	})
	var api *wechatpay.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, "ORDER_NOT_EXIST", api.Code)
	assert.Equal(t, "268512771", api.ManualID())
	assert.Empty(t, (&wechatpay.APIError{RequestID: "08F78BB5"}).ManualID())
	assert.Empty(t, (*wechatpay.APIError)(nil).ManualID())
}

// TestEveryFaultOfTheSandbox goes through what can go wrong behind the sending of an order.
func TestEveryFaultOfTheSandbox(t *testing.T) {
	t.Parallel()
	c, _ := sandboxClient(t, nil)
	for _, tc := range []struct {
		name    string
		is      error  // found by errors.Is
		status  int    // of the APIError, if it is one
		text    string // part of the message
		unknown bool
	}{
		{name: "unsigned", is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Serial"},
		{name: "no-serial", is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Serial"},
		{name: "no-timestamp", is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Timestamp"},
		{name: "no-nonce", is: wechatpay.ErrMissingHeader, unknown: true, text: "Wechatpay-Nonce"},
		{name: "two-nonces", is: wechatpay.ErrMissingHeader, unknown: true, text: "2 values"},
		{name: "past", is: wechatpay.ErrClock, unknown: true, text: "5m0s apart"},
		{name: "future", is: wechatpay.ErrClock, unknown: true, text: "5m0s apart"},
		{name: "timeless", is: wechatpay.ErrClock, unknown: true, text: "not a number"},
		{name: "other-scheme", is: wechatpay.ErrScheme, unknown: true, text: "WECHATPAY-BRAND-SHA256-RSA2048"},
		{name: "unknown-key", is: wechatpay.ErrUnknownKey, unknown: true, text: "5157F09E"},
		{name: "tampered", is: wechatpay.ErrSignature, unknown: true, text: "bad signature"},
		{name: "garbled", is: wechatpay.ErrSignature, unknown: true, text: "not base64"},
		{name: "probe", is: wechatpay.ErrProbe, unknown: true, text: "probe"},
		{name: "truncated", is: io.ErrUnexpectedEOF, unknown: true, text: "(status 200"},
		{name: "drop", is: io.EOF, unknown: true},
		{name: "html-502", status: 502, unknown: true, text: "502 Bad Gateway"},
		{name: "empty-500", status: 500, unknown: true, text: "500 Internal Server Error"},
		{name: "unsigned-400", status: 400, unknown: true, text: "400 PARAM_ERROR: 参数错误"},
		{name: "rate-429", status: 429, text: "429 RATELIMIT_EXCEEDED"},
		{name: "redirect", is: middleware.ErrRedirect, unknown: true, text: "(status 302"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			opts := &wechatpay.Options{JSON: wechatpay.M{"secret": "body"}, Header: http.Header{sandbox.FaultHeader: {tc.name}}}
			resp, err := c.Chain("v3/anything/{id}").Post(t.Context(), &wechatpay.Options{
				JSON: opts.JSON, Header: opts.Header, Vars: wechatpay.M{"id": "oUpF8uMuAJO"},
			})
			require.Error(t, err)
			assert.Nil(t, resp)
			assert.Equal(t, tc.unknown, wechatpay.OutcomeUnknown(fmt.Errorf("x: %w", err)))
			assert.Contains(t, err.Error(), tc.text)
			assert.Contains(t, err.Error(), "POST v3/anything/{id}")
			for _, secret := range []string{"secret", "oUpF8uMuAJO", "WECHATPAY2", "<html>"} {
				assert.NotContains(t, err.Error(), secret)
			}
			var api *wechatpay.APIError
			if tc.status != 0 {
				require.ErrorAs(t, err, &api)
				assert.Equal(t, tc.status, api.StatusCode)
				assert.False(t, api.Verified)
				assert.NotNil(t, api.Response)
				return
			}
			require.ErrorIs(t, err, tc.is)
			require.NotErrorAs(t, err, &api)
			var unverified *wechatpay.VerifyError
			if errors.As(err, &unverified) {
				assert.Contains(t, []int{200, 302}, unverified.Response.StatusCode, "the reply is at hand: money may have moved")
			}
			assert.Equal(t, tc.name == "drop", unverified == nil)
			_, err = c.Chain("v3/anything").Get(t.Context(), &wechatpay.Options{Header: opts.Header})
			require.Error(t, err)
			assert.False(t, wechatpay.OutcomeUnknown(err), "a GET takes no effect")
		})
	}
	assert.Len(t, sandbox.Faults(), 20, "all are in the table")
}

func TestAnyErrorBodyIsTolerated(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		body string
		want wechatpay.APIError
	}{
		{"empty", ``, wechatpay.APIError{}},
		{"null", `null`, wechatpay.APIError{}},
		{"a list", `[]`, wechatpay.APIError{}},
		{"a text", `"text"`, wechatpay.APIError{}},
		{"cut off", `{"code":`, wechatpay.APIError{}},
		{"XML", `<xml></xml>`, wechatpay.APIError{}},
		{"a code that is a number", `{"code":123,"message":true}`, wechatpay.APIError{Code: "123", Message: "true"}},
		{"a detail that is a text", `{"code":"A","detail":"text"}`, wechatpay.APIError{Code: "A", Detail: []byte(`"text"`)}},
		{"a detail that is null", `{"code":"A","detail":null}`, wechatpay.APIError{Code: "A"}},
		{"a line break", `{"message":"a\nb"}`, wechatpay.APIError{Message: "a\nb"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := answering(t, nil, func(*http.Request) (*http.Response, error) { return reply(400, tc.body), nil })
			_, err := c.Chain("v3/x").Get(t.Context(), nil)
			var api *wechatpay.APIError
			require.ErrorAs(t, err, &api, tc.body)
			assert.Equal(t, tc.want.Code, api.Code, tc.body)
			assert.Equal(t, tc.want.Message, api.Message, tc.body)
			assert.Equal(t, tc.want.Detail, api.Detail, tc.body)
			assert.Equal(t, tc.body, string(api.Response.Bytes()))
			assert.NotContains(t, err.Error(), "\n")
		})
	}
	long := answering(t, nil, func(*http.Request) (*http.Response, error) {
		return reply(400, `{"code":"A","message":"`+strings.Repeat("长", 10_000)+`"}`), nil
	})
	_, err := long.Chain("v3/x").Get(t.Context(), nil)
	assert.Less(t, len(err.Error()), 2000)
}
