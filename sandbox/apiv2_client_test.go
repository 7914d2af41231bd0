package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/payv2"
	"github.com/wechatpay-chain/wechatpay/openapi/v2/secapi"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestTheClientCallsEveryEndpointOfAPIv2: what the client knows of each endpoint (its digest,
// nonce and merchant id, what of the reply is signed) is what the gateway asks for.
func TestTheClientCallsEveryEndpointOfAPIv2(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	c := g.Credentials()
	client, err := wechatpay.New(wechatpay.Config{
		MchID: c.MchID, AppID: "wx1", APIv2Key: c.APIv2Key, Certificate: c.TLSCertificate(), BaseURL: server.URL,
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	called := 0
	for _, e := range catalogue.All() {
		if e.Version != 2 || e.Kind == "redirect-url" || e.Features.Multipart != nil || e.Path == comments {
			continue
		}
		m, query := wechatpay.M{}, wechatpay.M{}
		for name, value := range sampleV2(e, g) {
			switch {
			case catalogue.Filled(name) || value == "":
			case e.Method == http.MethodPost && slices.ContainsFunc(e.Query, func(f catalogue.Field) bool { return f.Name == name }):
				query[name] = value
			default:
				m[name] = value
			}
		}
		if e.Method == http.MethodGet {
			_, err = client.Chain(e.Route()).Get(t.Context(), &wechatpay.Options{Query: m})
		} else {
			_, err = client.Chain(e.Route()).Post(t.Context(), &wechatpay.Options{XML: m, Query: query})
		}
		called++
		var refused *wechatpay.APIError
		if errors.As(err, &refused) {
			assert.Contains(t, append(stateless, "20002"), refused.Code, "%s: %v", e.Path, err)
			continue
		}
		require.NoError(t, err, e.Path)
	}
	assert.Equal(t, 124, called)
}

// TestTheClientSharesProfit: receivers go out as a list of structs, and come back as one.
func TestTheClientSharesProfit(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	c := g.Credentials()
	client, err := wechatpay.New(wechatpay.Config{
		MchID: c.MchID, AppID: "wx1", APIv2Key: c.APIv2Key, Certificate: c.TLSCertificate(), BaseURL: server.URL,
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	request := secapi.PayProfitsharingPostRequest{
		TransactionID: "4208450740201411110007820472", OutOrderNo: "P20150806125346",
		Receivers: []secapi.Receivers{
			{Type: secapi.TypeMerchantID, Account: "1900000110", Amount: 100, Description: "分到商户"},
			{Type: secapi.TypePersonalOpenID, Account: "86693952", Amount: 888, Description: "分到个人"},
		},
	}
	reply, err := secapi.New(client).Pay().Profitsharing().Post(t.Context(), &wechatpay.Options{XML: request})
	require.NoError(t, err)
	shared, err := reply.Data()
	require.NoError(t, err)
	require.Len(t, shared.Receivers, 2)
	for i, r := range shared.Receivers {
		assert.Equal(t, request.Receivers[i].Amount, r.Amount)
		assert.Equal(t, request.Receivers[i].Description, r.Description)
		assert.Equal(t, secapi.ResultSuccess, r.Result)
	}
	query, err := payv2.New(client).Profitsharingquery().Post(t.Context(), &wechatpay.Options{XML: payv2.ProfitsharingqueryPostRequest{
		TransactionID: request.TransactionID, OutOrderNo: request.OutOrderNo,
	}})
	require.NoError(t, err)
	found, err := query.Data()
	require.NoError(t, err)
	assert.Equal(t, shared.OrderID, found.OrderID)
	assert.Len(t, found.Receivers, 1)
}

// TestTheClientOverHTTPS: the client of this module orders and refunds, with the merchant's
// certificate where it is asked for.
func TestTheClientOverHTTPS(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	server, err := g.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	c := g.Credentials()
	roots := x509.NewCertPool()
	roots.AddCert(c.RootCA)
	client, err := wechatpay.New(wechatpay.Config{
		MchID: c.MchID, AppID: "wx1", Serial: c.Serial, PrivateKey: c.PrivateKey, PlatformKeys: c.PlatformKeys(), BaseURL: server.URL,
		APIv2Key: c.APIv2Key, Certificate: c.TLSCertificate(),
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)

	order, err := client.Chain("v2/pay/unifiedorder").Post(t.Context(), &wechatpay.Options{XML: wechatpay.M{
		"appid": "wx1", "body": "公仔 <&>", "out_trade_no": "order-1", "total_fee": 100, "spbill_create_ip": "10.0.0.1",
		"notify_url": "https://example.com/", "trade_type": "NATIVE",
	}})
	require.NoError(t, err)
	assert.NotEmpty(t, order.Get("code_url"))
	_, err = g.Pay("order-1")
	require.NoError(t, err)
	refund := &wechatpay.Options{XML: wechatpay.M{"appid": "wx1", "out_trade_no": "order-1", "out_refund_no": "r1", "total_fee": 100, "refund_fee": 100}}
	with, without := true, false
	refund.V2.MutualTLS = &without
	_, err = client.Chain("v2/secapi/pay/refund").Post(t.Context(), refund)
	require.ErrorContains(t, err, "400 Bad Request")
	refund.V2.MutualTLS, refund.V2.Digest = &with, signer.MD5
	reply, err := client.Chain("v2/secapi/pay/refund").Post(t.Context(), refund)
	require.NoError(t, err)
	assert.Equal(t, "100", reply.Get("refund_fee").Str)
	_, err = client.Chain("v3/refund/domestic/refunds/{out_refund_no}").Get(t.Context(), &wechatpay.Options{Vars: wechatpay.M{"out_refund_no": "r1"}})
	require.NoError(t, err)
}
