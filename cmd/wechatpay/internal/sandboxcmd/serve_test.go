package sandboxcmd_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/cli"
)

// A served command runs until it is stopped.
type served struct {
	ready struct {
		BaseURL string `json:"base_url"`
		TLSURL  string `json:"tls_url"`
		MchID   string `json:"mchid"`
	}
	stop func() (code int, stderr string)
}

// serve runs `sandbox serve` until it says that it is ready.
func serve(t *testing.T, dir string, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	var stderr safeBuffer
	done := make(chan int, 1)
	a := &app.App{In: new(bytes.Buffer), Out: stdout, Err: &stderr, Getenv: func(string) (string, bool) { return "", false }, Now: time.Now}
	go func() {
		code := cli.Main(ctx, a, append([]string{"sandbox", "serve", "--dir", dir, "--addr", "127.0.0.1:0"}, args...))
		_ = stdout.Close()
		done <- code
	}()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	require.NoError(t, err, stderr.String())
	s := &served{}
	require.NoError(t, json.Unmarshal(line, &s.ready))
	s.stop = sync.OnceValues(func() (int, string) {
		cancel()
		return <-done, stderr.String()
	})
	t.Cleanup(func() { s.stop() })
	return s
}

func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app.App{In: new(bytes.Buffer), Out: &out, Err: &errs, Getenv: func(string) (string, bool) { return "", false }, Now: time.Now}
	code = cli.Main(t.Context(), a, args)
	return code, out.String(), errs.String()
}

// TestServeGoesOn: it ends cleanly, and the next one has the keys and orders of the first.
func TestServeGoesOn(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "it is new")
	first := serve(t, dir, "--tls-addr", "127.0.0.1:0")
	assert.Regexp(t, "^https://127.0.0.1:", first.ready.TLSURL)
	code, clock, stderr := run(t, "sandbox", "clock", "48h", "--dir", dir)
	require.Zero(t, code, stderr)
	serial := keyOf(t, dir)

	code, stderr = first.stop()
	assert.Zero(t, code, "a Ctrl-C is how it ends")
	assert.Contains(t, stderr, "saved to "+dir)
	assert.Contains(t, stderr, "--dir '"+dir+"'", "the commands that it names work as they are")
	code, _, stderr = run(t, "sandbox", "clock", "--dir", dir)
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, "no sandbox is served")

	second := serve(t, dir)
	assert.Equal(t, first.ready.MchID, second.ready.MchID)
	assert.Equal(t, serial, keyOf(t, dir))
	code, later, stderr := run(t, "sandbox", "clock", "--dir", dir)
	require.Zero(t, code, stderr)
	assert.Equal(t, day(t, clock), day(t, later), "the time goes on too")
}

func TestServeSaysWhatItRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ready.BaseURL+"/v3/certificates", http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	_, stderr := s.stop()
	assert.Regexp(t, `✗ GET /v3/certificates 401: authorization: .*scheme is missing`, stderr)
	for _, file := range []string{"credentials.json", "sandbox-state.json"} {
		info, err := os.Stat(filepath.Join(dir, file))
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "others cannot read it")
	}
}

// keyOf returns the private key in the folder.
func keyOf(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "apiclient_key.pem"))
	require.NoError(t, err)
	return string(data)
}

func day(t *testing.T, clock string) string {
	t.Helper()
	var reply struct{ Now time.Time }
	require.NoError(t, json.Unmarshal([]byte(clock), &reply))
	return reply.Now.Format(time.DateOnly)
}

// A safeBuffer is written and read by several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
