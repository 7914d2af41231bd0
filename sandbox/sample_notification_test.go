package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestASampleOfEveryEvent: each has all that is documented as required of a merchant.
func TestASampleOfEveryEvent(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	for _, e := range catalogue.Events() {
		t.Run(e.Type, func(t *testing.T) {
			t.Parallel()
			n, err := g.SampleNotification(e.Type, nil)
			require.NoError(t, err)
			assert.Equal(t, e.Title, n.Summary)
			data, err := json.Marshal(n.Resource)
			require.NoError(t, err)
			resource := gjson.ParseBytes(data)
			if own := resource.Get("mchid"); own.Exists() {
				assert.Equal(t, g.Credentials().MchID, own.String())
				assert.False(t, resource.Get("sp_mchid").Exists(), "that is a partner's")
			}
			for name, value := range e.Values {
				assert.Equal(t, value, resource.Get(name).String())
			}
			if e.Like == "" && !resource.Get("mchid").Exists() {
				for _, f := range e.Resource {
					assert.True(t, resource.Get(f.Name).Exists(), f.Name)
				}
			}
		})
	}
}

func TestValuesOfASample(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	n, err := g.SampleNotification("TRANSACTION.SUCCESS", map[string]any{"out_trade_no": "n1", "amount": map[string]any{"total": "5"}, "sub_mchid": 1})
	require.NoError(t, err)
	data, err := json.Marshal(n.Resource)
	require.NoError(t, err)
	assert.Equal(t, "n1", gjson.GetBytes(data, "out_trade_no").Str)
	assert.Equal(t, "5", gjson.GetBytes(data, "amount.total").Raw, "in its documented type")
	assert.Equal(t, "SUCCESS", gjson.GetBytes(data, "trade_state").Str)
	assert.Equal(t, "transaction", n.OriginalType)

	again, err := g.SampleNotification("REFUND.CLOSED", map[string]any{"refund_status": "ABNORMAL"})
	require.NoError(t, err)
	data, err = json.Marshal(again.Resource)
	require.NoError(t, err)
	assert.Equal(t, "ABNORMAL", gjson.GetBytes(data, "refund_status").Str, "a value that is given goes first")
}

func TestSamplesThatThereAreNot(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	_, err := g.SampleNotification("NO.SUCH", nil)
	require.ErrorContains(t, err, `"NO.SUCH" is not documented`)
	_, err = g.SampleNotification("REFUND.SUCCESS", map[string]any{"a": func() {}})
	require.ErrorContains(t, err, "values")
	_, err = (*sandbox.Gateway)(nil).SampleNotification("REFUND.SUCCESS", nil)
	require.Error(t, err)
}

// TestControlSendsASample: by its type alone, to the address of the console.
func TestControlSendsASample(t *testing.T) {
	t.Parallel()
	var got []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "taken")
	}))
	t.Cleanup(server.Close)
	g := newGateway(t, sandbox.Config{Webhooks: sandbox.Webhooks{URL: server.URL}})
	status, reply := control(t, g, "POST", "webhooks", `{"event_type":"REFUND.SUCCESS","values":{"out_refund_no":"r1"}}`, nil)
	require.Equal(t, 200, status, reply)
	assert.Equal(t, "taken", gjson.Get(reply, "answer").Str)
	resource := gjson.GetBytes(got, "resource")
	plaintext, err := cipher.DecryptResource(g.Credentials().APIv3Key, cipher.Resource{
		Nonce: resource.Get("nonce").Str, AssociatedData: resource.Get("associated_data").Str, Ciphertext: resource.Get("ciphertext").Str,
	})
	require.NoError(t, err)
	assert.Equal(t, "r1", gjson.GetBytes(plaintext, "out_refund_no").Str)
	assert.Equal(t, "refund", resource.Get("original_type").Str)

	without := newGateway(t, sandbox.Config{})
	for _, row := range []struct{ name, body, text string }{
		{"no address", `{"event_type":"REFUND.SUCCESS"}`, "url: missing"},
		{"an unknown type", `{"url":"http://127.0.0.1:1","event_type":"X"}`, "not documented"},
		{"values for a resource", `{"url":"http://127.0.0.1:1","event_type":"X","resource":{},"values":{}}`, "values"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			status, reply := control(t, without, "POST", "webhooks", row.body, nil)
			assert.Equal(t, 409, status)
			assert.Contains(t, gjson.Get(reply, "error").Str, row.text)
		})
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	first, err := g.Listen("127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(first.Close)
	_, err = g.Listen(first.URL[len("http://"):])
	require.ErrorContains(t, err, "in use")
	all, err := g.Listen(":0")
	require.NoError(t, err)
	t.Cleanup(all.Close)
	assert.Contains(t, all.URL, "http://127.0.0.1:", "an address that can be called")
	_, err = g.ListenTLS("127.0.0.1:nonsense")
	require.Error(t, err)
}
