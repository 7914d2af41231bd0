package guide_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// till returns a client that presents the merchant's certificate, as a reversal needs it.
func till(t *testing.T, s *sandboxtest.Sandbox) *wechatpay.Client {
	t.Helper()
	server, err := s.Gateway.StartTLS()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Credentials.RootCA)
	transport := wechatpay.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	client, err := wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, APIv2Key: s.Credentials.APIv2Key, Certificate: s.Credentials.TLSCertificate(),
		Transport: transport, BaseURL: server.URL,
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestCharge(t *testing.T) {
	s := sandboxtest.New(t)
	client := till(t, s)
	for _, row := range []struct {
		name, number, code string
		paid               bool
	}{
		{"a payer with money", "TILL-0001", "134567890123456789", true},
		{"a payer without", "TILL-0002", "134567890123450002", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			paid, err := guide.Charge(t.Context(), client, orderOf(row.number), row.code, "203.0.113.7")
			require.NoError(t, err)
			assert.Equal(t, row.paid, paid)
		})
	}
	assert.Equal(t, "SUCCESS", tradeOf(t, s, "TILL-0001").Get("trade_state").String())

	t.Run("a call that never leaves charges nothing", func(t *testing.T) {
		_, err := guide.Charge(t.Context(), client, orderOf(""), "134567890123456789", "203.0.113.7")
		require.Error(t, err)
		assert.NotErrorIs(t, err, guide.ErrUnsettled)
	})
	t.Run("a number that was charged before is unsettled", func(t *testing.T) {
		_, err := guide.Charge(t.Context(), client, orderOf("TILL-0001"), "134567890123456780", "203.0.113.7")
		require.ErrorIs(t, err, guide.ErrUnsettled)
	})
}

func TestChargeOnceAndReverse(t *testing.T) {
	s := sandboxtest.New(t)
	state, err := guide.ChargeOnce(t.Context(), s.Client, orderOf("TILL-0003"), "134567890123456789", "store-1")
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", state)

	state, err = guide.ChargeOnce(t.Context(), s.Client, orderOf("TILL-0004"), "134567890123450001", "store-1")
	require.NoError(t, err)
	assert.Equal(t, "USERPAYING", state)
	s.Gateway.AdvanceClock(30 * time.Second)
	require.NoError(t, guide.Reverse(t.Context(), s.Client, orderOf("TILL-0004")))
	assert.Equal(t, "REVOKED", tradeOf(t, s, "TILL-0004").Get("trade_state").String())
	_, err = s.Gateway.Pay("TILL-0004")
	require.Error(t, err)

	_, err = guide.ChargeOnce(t.Context(), s.Client, orderOf("TILL-0005"), "134567890123450002", "store-1")
	require.Error(t, err)
	assert.False(t, wechatpay.OutcomeUnknown(err))
	_, err = guide.ChargeOnce(t.Context(), s.Client, orderOf("TILL-5_USERPAYING"), "134567890123456789", "store-1")
	assert.True(t, wechatpay.OutcomeUnknown(err))
}
