//go:build !windows

package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// build returns the binary as a release has it.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wechatpay")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// TestBinary: the limits of the size and of the time until something is shown, and what signals
// do to a process.
func TestBinary(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it links a binary, which takes a while")
	}
	binary := build(t)
	t.Run("is small", func(t *testing.T) {
		t.Parallel()
		info, err := os.Stat(binary)
		require.NoError(t, err)
		t.Logf("%d bytes", info.Size())
		assert.Less(t, info.Size(), int64(31_000_000), "of which the embedded NATS server of batch is 11")
	})
	t.Run("starts at once", func(t *testing.T) {
		t.Parallel()
		best := time.Hour // of many: other tests run at the same time
		for range 20 {
			began := time.Now()
			command := exec.CommandContext(t.Context(), binary, "get", "v3/certificates")
			command.Env = []string{"HOME=" + t.TempDir()}
			require.Error(t, command.Run())
			best = min(best, time.Since(began))
		}
		t.Log(best)
		assert.Less(t, best, 100*time.Millisecond)
	})
	for _, row := range []struct {
		name string
		args []string
		sent syscall.Signal
		want int
	}{
		{"Ctrl-C during a query", []string{"get", "v3/certificates"}, syscall.SIGINT, 130},
		{"Ctrl-C during a refund", append([]string{"--yes"}, refund...), syscall.SIGINT, 3},
		{"a terminal that is closed during a refund", append([]string{"--yes"}, refund...), syscall.SIGHUP, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(row.sent) {
				t.Skip("the test runs under nohup, and so do its processes")
			}
			url, called := hanging(t)
			command := exec.CommandContext(t.Context(), binary, row.args...)
			for name, value := range served().with("WECHATPAY_BASE_URL", url).with("WECHATPAY_APIV3_KEY", "").with("WECHATPAY_APIV2_KEY", "") {
				command.Env = append(command.Env, name+"="+value)
			}
			var said bytes.Buffer
			command.Stderr = &said
			require.NoError(t, command.Start())
			<-called
			if runtime.GOOS == "linux" {
				arguments, err := os.ReadFile("/proc/" + strconv.Itoa(command.Process.Pid) + "/cmdline")
				require.NoError(t, err)
				noSecrets(t, string(arguments))
			}
			require.NoError(t, command.Process.Signal(row.sent))
			var exit *exec.ExitError
			require.ErrorAs(t, command.Wait(), &exit)
			assert.Equal(t, row.want, exit.ExitCode(), "%s", said.String())
		})
	}
	t.Run("Ctrl-C at the question", func(t *testing.T) {
		t.Parallel()
		command := exec.CommandContext(t.Context(), binary, refund...)
		for name, value := range served() {
			command.Env = append(command.Env, name+"="+value)
		}
		keys, err := pty.Start(command)
		require.NoError(t, err)
		defer func() { _ = keys.Close() }()
		screen, buffer := "", make([]byte, 4096)
		for !strings.Contains(screen, "[y/N] ") {
			n, err := keys.Read(buffer)
			require.NoError(t, err, "%s", screen)
			screen += string(buffer[:n])
		}
		assert.Contains(t, screen, "amount.refund 1 (CNY 0.01)")
		_, err = keys.WriteString("\x03")
		require.NoError(t, err)
		var exit *exec.ExitError
		require.ErrorAs(t, command.Wait(), &exit)
		assert.Equal(t, 130, exit.ExitCode(), "%s", screen)
	})
}
