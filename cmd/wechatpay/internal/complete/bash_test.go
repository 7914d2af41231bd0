package complete_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

func TestScripts(t *testing.T) { clitest.Run(t, nil) }

// TestBash: a person at bash, which ends a word at =, gets the lines that are meant. A key,
// bound by bind -x, shows the line and where the cursor is.
func TestBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	program := filepath.Join(t.TempDir(), "wechatpay")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../..")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	for _, row := range []struct{ name, typed, want string }{
		{"a path", "wechatpay post v3/refund/dom\t", "wechatpay post v3/refund/domestic/|"},
		{"a whole path", "wechatpay post v3/pay/transactions/nat\t", "wechatpay post v3/pay/transactions/native |"},
		{"a variable", "wechatpay get v3/pay/transactions/id/\t", `wechatpay get v3/pay/transactions/id/\{transaction_id\} |`},
		{"a field", "wechatpay upload a.png --as due-diligence -f item\t", "wechatpay upload a.png --as due-diligence -f item_id=|"},
		{"a value", "wechatpay upload a.pdf --as fapiao -f file_type=P\t", "wechatpay upload a.pdf --as fapiao -f file_type=PDF |"},
		{"a value behind two signs", "wechatpay upload a.pdf --as fapiao --field=file_type=P\t", "wechatpay upload a.pdf --as fapiao --field=file_type=PDF |"},
		{"a flag", "wechatpay search --lim\t", "wechatpay search --limit |"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-i")
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"), "PS1=ready> ", "TERM=dumb", "INPUTRC=/dev/null", "WECHATPAY_LANG=en", "HISTFILE=")
			terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
			require.NoError(t, err)
			defer func() { _ = terminal.Close(); _ = cmd.Wait() }()
			screen := &screen{terminal: terminal}
			screen.until(t, "ready> ")
			_, err = io.WriteString(terminal, "source <(wechatpay completion bash); show() { printf '\\n<%s|%s>\\n' \"${READLINE_LINE:0:READLINE_POINT}\" \"${READLINE_LINE:READLINE_POINT}\"; }; bind -x '\"\\C-o\": show'; echo do''ne\n")
			require.NoError(t, err)
			screen.until(t, "done\r\nready> ")
			_, err = io.WriteString(terminal, row.typed+"\x0f")
			require.NoError(t, err)
			text := screen.until(t, ">\r\n")
			_, line, _ := strings.Cut(text, "<")
			assert.Equal(t, row.want, strings.TrimSuffix(line, ">\r\n"), text)
		})
	}
}

// A screen is what a terminal has shown.
type screen struct{ terminal *os.File }

// until reads up to a text, for which it waits.
func (s *screen) until(t *testing.T, want string) string {
	t.Helper()
	require.NoError(t, s.terminal.SetReadDeadline(time.Now().Add(time.Minute)))
	var text strings.Builder
	buffer := make([]byte, 1)
	for !strings.HasSuffix(text.String(), want) {
		_, err := s.terminal.Read(buffer)
		require.NoError(t, err, text.String())
		text.Write(buffer)
	}
	return text.String()
}
