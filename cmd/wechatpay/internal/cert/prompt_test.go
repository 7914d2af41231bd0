package cert_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestPrompt: a person at a terminal is asked for the pass phrase, which is not shown.
func TestPrompt(t *testing.T) {
	t.Parallel()
	const phrase = "a secret pass phrase"
	gateway, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	c := gateway.Credentials()
	data, err := pkcs12.Modern.Encode(c.PrivateKey, c.Certificate, nil, phrase)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "merchant.p12")
	require.NoError(t, os.WriteFile(file, data, 0o600))

	for _, args := range [][]string{{"cert", "serial", file}, {"cert", "serial", "--password-stdin", file}} {
		t.Run(strings.Join(args[:len(args)-1], " "), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.Serial+"\n", typed(t, phrase, args...))
		})
	}
}

// typed runs a command at a terminal, types what it asks for, and returns its result.
func typed(t *testing.T, phrase string, args ...string) string {
	t.Helper()
	screen, terminal, err := pty.Open()
	require.NoError(t, err)
	defer func() { _ = screen.Close() }()
	before := state(t, terminal)
	var out strings.Builder
	a := &app.App{In: terminal, Out: &out, Err: terminal, Now: time.Now, Getenv: func(string) (string, bool) { return "", false }}
	code := make(chan int, 1)
	go func() { code <- cli.Main(t.Context(), a, args) }()

	shown := until(t, screen, "the merchant id): ")
	for state(t, terminal) == before {
		runtime.Gosched() // until it does not show what is typed
	}
	_, err = screen.WriteString(phrase + "\n")
	require.NoError(t, err)
	assert.Zero(t, <-code, out.String())
	shown += until(t, screen, "\n")
	assert.NotContains(t, shown+out.String(), phrase)
	require.NoError(t, terminal.Close())
	return out.String()
}

func state(t *testing.T, terminal *os.File) term.State {
	t.Helper()
	s, err := term.GetState(int(terminal.Fd()))
	require.NoError(t, err)
	return *s
}

// until reads a terminal up to a text.
func until(t *testing.T, screen *os.File, want string) string {
	t.Helper()
	require.NoError(t, screen.SetReadDeadline(time.Now().Add(time.Minute)))
	var text strings.Builder
	buffer := make([]byte, 1)
	for !strings.HasSuffix(text.String(), want) {
		_, err := screen.Read(buffer)
		require.NoError(t, err, text.String())
		text.Write(buffer)
	}
	return text.String()
}
