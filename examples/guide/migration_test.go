package guide_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

// TestMovedShop: what the pages of the migrations from PHP and Node.js show.
func TestMovedShop(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	folder := t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(folder, s.URL))
	private, err := os.ReadFile(filepath.Join(folder, "apiclient_key.pem"))
	require.NoError(t, err)
	public, err := os.ReadFile(filepath.Join(folder, "pub_key.pem"))
	require.NoError(t, err)
	client, err := guide.MovedClient(s.Credentials.MchID, s.Credentials.Serial, private, s.Credentials.PublicKeyID, public, s.URL)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	shop := guide.MovedShop{Client: client, AppID: "wxd678efh567hg6787", MchID: s.Credentials.MchID}

	params, err := shop.Order(t.Context(), "moved1", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	require.NoError(t, err)
	assert.Contains(t, string(params), `"package":"prepay_id=`)
	assert.Contains(t, string(params), `"signType":"RSA"`)
	_, err = s.Gateway.Pay("moved1")
	require.NoError(t, err)
	state, err := shop.State(t.Context(), "moved1")
	require.NoError(t, err)
	assert.Equal(t, "SUCCESS", state)

	var refundID string
	var problem error
	done, failed := func(id string) { refundID = id }, func(err error) { problem = err }
	_, err = shop.Refund(t.Context(), "moved1", "moved1r", done, failed).Wait()
	require.NoError(t, err)
	assert.NotEmpty(t, refundID)
	_, err = shop.Refund(t.Context(), "never", "never1r", done, failed).Wait()
	require.Error(t, err)
	assert.Equal(t, err, problem)

	require.NoError(t, s.Gateway.SwitchToPublicKey(100))
	var settled int64
	handler, err := shop.Notifications(s.Credentials.APIv3Key, func(_ string, fen int64) error { settled += fen; return nil })
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	paid, err := s.Gateway.PaidNotification("moved1")
	require.NoError(t, err)
	attempts, err := s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: server.URL, Duplicates: 1}, paid)
	require.NoError(t, err)
	require.Len(t, attempts, 2)
	assert.Equal(t, http.StatusNoContent, attempts[1].Status)
	assert.EqualValues(t, 100, settled, "once")
	unpaid, err := s.Gateway.SampleNotification(notify.TransactionSuccess, map[string]any{"trade_state": "NOTPAY"})
	require.NoError(t, err)
	attempts, err = s.Gateway.Deliver(t.Context(), sandbox.Delivery{URL: server.URL, RetrySchedule: []time.Duration{}}, unpaid)
	require.ErrorContains(t, err, "not acknowledged")
	assert.Equal(t, http.StatusInternalServerError, attempts[0].Status)
	assert.EqualValues(t, 100, settled, "only what is paid")

	var got string
	s.Gateway.Handle("POST", "/v3/applyment4sub/applyment/", func(r *sandbox.Request) *sandbox.Reply {
		got = gjson.GetBytes(r.Decrypted, "contact_info.contact_name").String()
		return sandbox.Error(403, "NO_AUTH", "no partner", nil)
	})
	_, err = shop.ContactForm(t.Context(), "APL1", "张三", "13800000000")
	require.ErrorContains(t, err, "NO_AUTH")
	assert.Equal(t, "张三", got)
}
