package guide_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// keysSignedBy calls, and returns the id of the key that signed the reply.
func keysSignedBy(t *testing.T, c *wechatpay.Client) string {
	t.Helper()
	t.Cleanup(c.CloseIdleConnections)
	resp, err := c.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
		"appid": "wxd678efh567hg6787", "mchid": c.CallerID(), "description": "Tea", "out_trade_no": strings.ToLower(signer.Nonce()),
		"notify_url": "https://example.com/pay", "amount": wechatpay.M{"total": 1},
	}})
	require.NoError(t, err)
	require.True(t, resp.Verified)
	return resp.Header.Get(signer.HeaderSerial)
}

// TestKeys: a client for each way in which WeChat Pay signs, and one for the time between.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	folder := t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(folder, s.URL))

	c, err := guide.PublicKeyClient(folder, s.Credentials.PublicKeyID, s.URL)
	require.NoError(t, err)
	assert.Equal(t, s.Credentials.PublicKeyID, keysSignedBy(t, c))

	c, err = guide.CertificateClient(folder, s.Credentials.APIv3Key, s.URL)
	require.NoError(t, err)
	assert.Equal(t, s.Credentials.PlatformSerial, keysSignedBy(t, c))

	merchant, err := guide.LoadMerchant(folder)
	require.NoError(t, err)
	ring, err := guide.MovingKeys(t.Context(), merchant, s.Credentials.APIv3Key, keys.Set{s.Credentials.PublicKeyID: s.Credentials.PublicKey}, t.TempDir(), s.URL)
	require.NoError(t, err)
	defer func() { require.NoError(t, ring.Close()) }()
	c, err = wechatpay.New(wechatpay.Config{PrivateKey: merchant, PlatformKeys: ring, BaseURL: s.URL})
	require.NoError(t, err)
	assert.Equal(t, s.Credentials.PublicKeyID, keysSignedBy(t, c))

	parser, err := notify.NewParser(notify.Config{Keys: ring, APIv3Key: s.Credentials.APIv3Key})
	require.NoError(t, err)
	signed := func() string {
		in, err := s.Gateway.WebhookRequest(t.Context(), "http://shop.example/notify",
			sandbox.Notification{EventType: "TRANSACTION.SUCCESS", OriginalType: "transaction", Resource: wechatpay.M{"out_trade_no": "1"}}, "")
		require.NoError(t, err)
		_, err = parser.Parse(t.Context(), in.Header, in.Body)
		require.NoError(t, err)
		return in.Header.Get(signer.HeaderSerial)
	}
	assert.Equal(t, s.Credentials.PlatformSerial, signed(), "webhooks before the move")
	next, err := s.Gateway.IssueCertificate(365 * 24 * time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.Gateway.UseCertificate(signer.Serial(next)))
	assert.Equal(t, signer.Serial(next), signed(), "a certificate that is new is downloaded")
	require.NoError(t, s.Gateway.SwitchToPublicKey(100))
	assert.Equal(t, s.Credentials.PublicKeyID, signed(), "webhooks after the move")
}
