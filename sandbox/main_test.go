package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gateway = testgateway.Shared

// sharedKeys are those of all gateways of these tests: making keys takes a while.
var sharedKeys = sync.OnceValues(sandbox.NewKeys)

func newGateway(t *testing.T, cfg sandbox.Config) *sandbox.Gateway {
	t.Helper()
	if cfg.Keys == nil {
		var err error
		cfg.Keys, err = sharedKeys()
		require.NoError(t, err)
	}
	g, err := sandbox.New(cfg)
	require.NoError(t, err)
	return g
}

// A merchant signs by hand, so that each part can be got wrong.
type merchant struct {
	t          *testing.T
	client     *http.Client
	url        string
	credential signer.Credential
	timestamp  string
	nonce      string
	header     http.Header
	signedAs   func(method, target, body string) (string, string, string) // what is signed in place of what is sent
}

func newMerchant(t *testing.T, g *sandbox.Gateway) *merchant {
	t.Helper()
	server, err := g.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	cred := g.Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(t, err)
	return &merchant{
		t: t, client: client, url: server.URL,
		credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
		timestamp:  strconv.FormatInt(time.Now().Unix(), 10),
		header:     http.Header{"Accept": {"application/json"}, "User-Agent": {"test"}, "Content-Type": {"application/json"}},
		signedAs:   func(method, target, body string) (string, string, string) { return method, target, body },
	}
}

func (m *merchant) call(method, target, body string) (*http.Response, string) {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.url+target, strings.NewReader(body))
	require.NoError(m.t, err)
	r.Header = m.header.Clone()
	if m.nonce == "" {
		defer func() { m.nonce = "" }()
		m.nonce = signer.Nonce()
	}
	signedMethod, signedTarget, signedBody := m.signedAs(method, target, body)
	auth, err := m.credential.Authorize(m.t.Context(), signer.Request{
		Method: signedMethod, Target: signedTarget, Timestamp: m.timestamp, Nonce: m.nonce, Body: []byte(signedBody),
	})
	require.NoError(m.t, err)
	if r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", auth)
	}
	resp, err := m.client.Do(r)
	require.NoError(m.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(m.t, err)
	return resp, string(data)
}

func fmtUnix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

const prepayPath = "/v3/pay/transactions/jsapi-with-contract"

func prepayBody(number string, change func(map[string]any)) string {
	body := map[string]any{
		"appid": "wxd678efh567hg6787", "mchid": gateway().Credentials().MchID, "description": "公仔", "out_trade_no": number,
		"notify_url": "https://example.com/", "amount": map[string]any{"total": 100, "currency": "CNY"}, "attach": "a",
		"payer": map[string]any{"openid": "o"}, "contract_info": map[string]any{},
	}
	if change != nil {
		change(body)
	}
	data, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func keysOf(t *testing.T) *sandbox.Keys {
	t.Helper()
	keys, err := sharedKeys()
	require.NoError(t, err)
	return keys
}
