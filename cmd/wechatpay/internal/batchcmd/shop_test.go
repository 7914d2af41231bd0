package batchcmd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// orders are those of a shop. Each is paid.
const orders = 6

var sharedKeys = sync.OnceValues(sandbox.NewKeys)

// A shop is a merchant at a sandbox that is served.
type shop struct {
	gateway *sandbox.Gateway
	folder  string // of its credentials
	url     string
	env     map[string]string // finds the sandbox
	refunds string            // the input, a refund for each order
}

func open(t *testing.T, merchant string) *shop {
	t.Helper()
	pairs, err := sharedKeys()
	require.NoError(t, err)
	s := &shop{}
	s.gateway, err = sandbox.New(sandbox.Config{MchID: merchant, Keys: pairs})
	require.NoError(t, err)
	server, err := s.gateway.Start()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	home := t.TempDir()
	s.url, s.folder, s.env = server.URL, filepath.Join(home, "wechatpay", "sandbox"), map[string]string{"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
	require.NoError(t, s.gateway.WriteCredentials(s.folder, server.URL))
	c := s.gateway.Credentials()
	client, err := wechatpay.New(wechatpay.Config{
		MchID: c.MchID, Serial: c.Serial, PrivateKey: c.PrivateKey, BaseURL: server.URL, PlatformKeys: c.PlatformKeys(),
	})
	require.NoError(t, err)
	var refunds strings.Builder
	for i := range orders {
		number := fmt.Sprintf("order-%d", i)
		_, err := client.Chain("v3/pay/transactions/native").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{
			"appid": "wxd678efh567hg6787", "mchid": c.MchID, "description": "book", "out_trade_no": number,
			"notify_url": "https://example.com/notify", "amount": wechatpay.M{"total": 100},
		}})
		require.NoError(t, err)
		_, err = s.gateway.Pay(number)
		require.NoError(t, err)
		fmt.Fprintf(&refunds, `{"out_trade_no":"%s","out_refund_no":"refund-%d","amount":{"refund":100,"total":100,"currency":"CNY"}}`+"\n", number, i)
	}
	s.refunds = refunds.String()
	return s
}

func (s *shop) app(out, said io.Writer) *app.App {
	a := app.OS()
	a.In, a.Out, a.Err = strings.NewReader(s.refunds), out, said
	a.Getenv = func(name string) (string, bool) { v, ok := s.env[name]; return v, ok }
	return a
}

// run runs the command with the refunds as its input.
func (s *shop) run(ctx context.Context, out io.Writer, args ...string) (code int, said string) {
	text := &bytes.Buffer{}
	code = cli.Main(ctx, s.app(out, text), args)
	return code, text.String()
}
