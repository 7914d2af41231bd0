package interop_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

const (
	appid  = "wxd678efh567hg6787"
	openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	nobody = "https://127.0.0.1:9/nobody" // a notify_url where no webhook is waited for
)

// toSandbox sends to the sandbox what an SDK means for api.mch.weixin.qq.com. Nothing else is
// changed: the host is not signed, and the Host header stays, as a proxy would leave it. So the
// sandbox names the host in its download_url that the SDK knows: gopay cuts the URL at ".com".
type toSandbox struct {
	origin string // such as http://127.0.0.1:8080
	next   *http.Transport
}

func (s toSandbox) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host = r.URL.Host
	r.URL.Scheme, r.URL.Host, _ = strings.Cut(s.origin, "://")
	return s.next.RoundTrip(r)
}

func transport(t *testing.T, s *sandboxtest.Sandbox) http.RoundTripper {
	t.Helper()
	next := &http.Transport{}
	t.Cleanup(next.CloseIdleConnections)
	return toSandbox{s.URL, next}
}

// payOrder plays the payer of an order.
func payOrder(t *testing.T, s *sandboxtest.Sandbox, outTradeNo string) (transactionID string) {
	t.Helper()
	id, err := s.Gateway.Pay(outTradeNo)
	require.NoError(t, err)
	return id
}

// control plays what the Gateway has no method for.
func control(t *testing.T, s *sandboxtest.Sandbox, action, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/_sandbox/v1/"+action, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+s.Gateway.ControlToken())
	reply, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer reply.Body.Close()
	require.Equal(t, http.StatusOK, reply.StatusCode)
}

// today is the date of the sandbox, in China.
func today(s *sandboxtest.Sandbox) string {
	return s.Gateway.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
}
