package call_test

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestTerminal: a file is not written to a terminal, and JSON is indented there.
func TestTerminal(t *testing.T) {
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	gateway.Handle("GET", "/v3/nobody/knows", picture)
	gateway.Handle("POST", "/v3/nobody/knows", picture)
	server, err := gateway.Start()
	require.NoError(t, err)
	defer server.Close()
	state := t.TempDir()
	require.NoError(t, gateway.WriteCredentials(filepath.Join(state, "wechatpay", "sandbox"), server.URL))
	for _, row := range []struct {
		name string
		args []string
		code int
		want string
		sent bool
	}{
		{"a documented file", []string{"get", "v3/merchant-service/images/x"}, failure.Usage, "the reply is a file; -o FILE saves it", false},
		{"an undocumented file", []string{"get", "v3/nobody/knows"}, failure.Usage, "the reply is a file of 6 bytes", true},
		{"a file of a call that took effect", []string{"post", "v3/nobody/knows"}, failure.Unknown, "the reply is a file of 6 bytes", true},
		{"JSON", []string{"get", "v3/certificates", "--jq", ".data[0].encrypt_certificate|{algorithm}", "--color", "never"}, failure.OK, "{\r\n  \"algorithm\": \"AEAD_AES_256_GCM\"\r\n}\r\n", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(gateway.Exchanges())
			person, program, err := pty.Open()
			require.NoError(t, err)
			defer func() { _ = person.Close() }()
			a := &app.App{In: program, Out: program, Err: program, Now: app.OS().Now, Getenv: func(name string) (string, bool) {
				if name == "XDG_STATE_HOME" {
					return state, true
				}
				return "", false
			}}
			code := cli.Main(t.Context(), a, append(row.args, "--sandbox"))
			require.NoError(t, program.Close())
			seen, _ := io.ReadAll(person) // it ends in EIO, as the other side is closed
			assert.Equal(t, row.code, code, string(seen))
			assert.Contains(t, string(seen), row.want)
			sent := false
			for _, e := range gateway.Exchanges()[before:] {
				sent = sent || e.Target != "/"
			}
			assert.Equal(t, row.sent, sent)
		})
	}
}

func picture(*sandbox.Request) *sandbox.Reply {
	return &sandbox.Reply{Status: 200, Body: []byte("\x89PNG\x00\xff")}
}
