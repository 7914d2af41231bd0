//go:build !windows

package batchcmd_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// TestTerminal: in production, a person is asked once, and shown how far the run is.
func TestTerminal(t *testing.T) {
	t.Parallel()
	shop := open(t, "1900000109")
	c := shop.gateway.Credentials()
	lines := filepath.Join(t.TempDir(), "refunds.ndjson")
	require.NoError(t, os.WriteFile(lines, []byte(shop.refunds), 0o600))
	for name, value := range map[string]string{
		"KIND": "production", "MCHID": c.MchID, "SERIAL": c.Serial, "BASE_URL": shop.url, "PUBLIC_KEY_ID": c.PublicKeyID,
		"PRIVATE_KEY_FILE": filepath.Join(shop.folder, "apiclient_key.pem"), "PUBLIC_KEY_FILE": filepath.Join(shop.folder, "pub_key.pem"),
	} {
		shop.env["WECHATPAY_"+name] = value
	}
	keys, tty, err := pty.Open()
	require.NoError(t, err)
	var screen strings.Builder
	var reading sync.WaitGroup
	asked := make(chan struct{})
	reading.Go(func() {
		buffer := make([]byte, 4096)
		for shown := false; ; {
			n, err := keys.Read(buffer)
			screen.Write(buffer[:n])
			if !shown && strings.Contains(screen.String(), "[y/N]") {
				shown = true
				close(asked)
			}
			if err != nil {
				return
			}
		}
	})
	go func() { <-asked; _, _ = io.WriteString(keys, "y\n") }()
	out := &sink{}
	a := shop.app(out, tty)
	a.In = tty
	code := cli.Main(t.Context(), a, []string{"batch", "post", "v3/refund/domestic/refunds", "--state", filepath.Join(t.TempDir(), "state"), "--input", lines, "--rate", "2", "--inflight", "1"})
	_ = tty.Close()
	_ = keys.Close()
	reading.Wait()
	text := screen.String()
	assert.Equal(t, failure.OK, code, text)
	assert.Contains(t, text, "batch POST v3/refund/domestic/refunds takes effect in production, for merchant 1900000109 (environment)")
	assert.Contains(t, text, "  6 lines of "+lines)
	assert.Contains(t, text, "CNY 6.00 in all (amount.refund)")
	assert.Contains(t, text, "the state is new")
	assert.Regexp(t, `[1-5]/6  \d+%  \d+\.\d/s.*  done \d`, text)
	assert.Contains(t, text, "6/6: 6 done")
	assert.Equal(t, orders, strings.Count(out.String(), `"outcome":"done"`))
	shop.sentOnce(t)
}
