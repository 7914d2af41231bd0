//go:build !windows

package app_test

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
)

// A terminal is a person's: what is typed, and what is shown.
type terminal struct {
	t      *testing.T
	keys   *os.File
	tty    *os.File
	mu     sync.Mutex
	more   *sync.Cond
	screen strings.Builder
	closed bool
	before *term.State
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	keys, tty, err := pty.Open()
	require.NoError(t, err)
	s := &terminal{t: t, keys: keys, tty: tty}
	s.more, s.before = sync.NewCond(&s.mu), s.state()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(s, keys)
		s.mu.Lock()
		s.closed = true
		s.more.Broadcast()
		s.mu.Unlock()
	}()
	t.Cleanup(func() { _ = tty.Close(); _ = keys.Close(); <-ended })
	return s
}

func (s *terminal) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more.Broadcast()
	return s.screen.Write(data)
}

// shows waits until the screen has a text, and returns all of it.
func (s *terminal) shows(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !strings.Contains(s.screen.String(), text) {
		if s.closed {
			require.Contains(s.t, s.screen.String(), text)
		}
		s.more.Wait()
	}
	return strings.ReplaceAll(s.screen.String(), "\r\n", "\n")
}

func (s *terminal) types(text string) {
	_, err := s.keys.WriteString(text)
	require.NoError(s.t, err)
}

// hides waits until the terminal does not show what is typed, of which nobody is notified.
func (s *terminal) hides() {
	for reflect.DeepEqual(s.state(), s.before) {
		runtime.Gosched()
	}
}

func (s *terminal) state() *term.State {
	state, err := term.GetState(int(s.tty.Fd()))
	require.NoError(s.t, err)
	return state
}

var colours = regexp.MustCompile("\x1b\\[[0-9]+m")

// app returns an App of a person at the terminal.
func (s *terminal) app(env map[string]string) *app.App {
	a, _ := testApp(env)
	a.In, a.Out, a.Err = s.tty, s.tty, s.tty
	return a
}

func TestResultForAPerson(t *testing.T) {
	t.Parallel()
	const (
		reply  = "{\"z\": 1,\"n\":12345678901234567890.10 ,\"s\":\"<a>\\u4e2d\u009b31m\u202e\",\"l\":[true,null]}"
		pretty = "{\n  \"z\": 1,\n  \"n\": 12345678901234567890.10,\n  \"s\": \"<a>\\u4e2d\\u009b31m\\u202e\",\n  \"l\": [\n    true,\n    null\n  ]\n}\n"
	)
	for _, row := range []struct {
		name     string
		env      map[string]string
		color    app.ColorMode
		coloured bool
	}{
		{"a terminal", map[string]string{"TERM": "xterm"}, "auto", true},
		{"without TERM", nil, "auto", true},
		{"NO_COLOR", map[string]string{"NO_COLOR": "1"}, "auto", false},
		{"an empty NO_COLOR counts as none", map[string]string{"NO_COLOR": ""}, "auto", true},
		{"TERM=dumb", map[string]string{"TERM": "dumb"}, "auto", false},
		{"CLICOLOR=0", map[string]string{"CLICOLOR": "0"}, "auto", false},
		{"--color never", nil, "never", false},
		{"--color always goes before NO_COLOR", map[string]string{"NO_COLOR": "1"}, "always", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newTerminal(t)
			a := s.app(row.env)
			a.Flags.Color = row.color
			require.NoError(t, a.Result([]byte(reply)))
			shown := s.shows("}\r\n")
			if row.coloured {
				assert.Contains(t, shown, "\x1b[94m\"z\"\x1b[0m")
				assert.Equal(t, pretty, colours.ReplaceAllString(shown, "")) //nolint:testifylint // its spaces count
				return
			}
			assert.Equal(t, pretty, shown) //nolint:testifylint // its spaces count
		})
	}
	t.Run("what is not JSON", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		require.NoError(t, s.app(nil).Result([]byte("交易时间,1.00\r\nx\x1b[2Jy\x07")))
		assert.Equal(t, "交易时间,1.00\nx\\u001b[2Jy\\u0007\n", s.shows("0007\r\n"))
	})
}

func TestCareAsksAPerson(t *testing.T) {
	t.Parallel()
	env := map[string]string{"WECHATPAY_MCHID": "1900000109"}
	const question = "POST v3/refund/domestic/refunds takes effect in production, for merchant 1900000109 (environment)\n" +
		"  out_refund_no 12\n  amount.refund 1 (CNY 0.01)\nSend it? [y/N] "
	for _, row := range []struct {
		name, typed string
		want        int
	}{
		{"yes", "yes\n", failure.OK},
		{"y", "Y\n", failure.OK},
		{"是", "是\n", failure.OK},
		{"no", "n\n", failure.NotConfirmed},
		{"the default is no", "\n", failure.NotConfirmed},
		{"anything else is no", "yess\n", failure.NotConfirmed},
		{"the end of the input is no", "\x04", failure.NotConfirmed},
		{"a line that does not end is no", "y\x04\x04", failure.NotConfirmed},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newTerminal(t)
			cared := make(chan error, 1)
			go func() { cared <- s.app(env).Care(t.Context(), refund) }()
			assert.Equal(t, question, s.shows("[y/N] "))
			s.types(row.typed)
			err := <-cared
			assert.Equal(t, row.want, failure.Code(err), "%v", err)
		})
	}
	t.Run("in Chinese", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		cared := make(chan error, 1)
		go func() {
			cared <- s.app(map[string]string{"WECHATPAY_MCHID": "1900000109", "LANG": "zh_CN.UTF-8"}).Care(t.Context(), refund)
		}()
		assert.Contains(t, s.shows("[y/N] "), "将在生产环境生效，商户 1900000109")
		s.types("是\n")
		require.NoError(t, <-cared)
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		ctx, interrupt := context.WithCancel(t.Context())
		cared := make(chan error, 1)
		go func() { cared <- s.app(env).Care(ctx, refund) }()
		s.shows("[y/N] ")
		interrupt()
		assert.Equal(t, failure.Interrupted, failure.Code(<-cared))
	})
	t.Run("--yes", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		a := s.app(env)
		a.Flags.Yes = true
		require.NoError(t, a.Care(t.Context(), refund))
	})
	t.Run("a person who cannot see the question", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		a := s.app(env)
		a.Err = io.Discard
		assert.Equal(t, failure.NotConfirmed, failure.Code(a.Care(t.Context(), refund)))
	})
}

func TestAskSecret(t *testing.T) {
	t.Parallel()
	t.Run("is not shown", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		type answer struct {
			secret string
			err    error
		}
		asked := make(chan answer, 1)
		go func() {
			secret, err := s.app(nil).AskSecret(t.Context(), "apiv3_key")
			asked <- answer{secret, err}
		}()
		s.shows("apiv3_key: ")
		s.hides()
		s.types("hush\n")
		got := <-asked
		require.NoError(t, got.err)
		assert.Equal(t, "hush", got.secret)
		assert.NotContains(t, s.shows(": \r\n"), "hush")
	})
	t.Run("the secret of a file that is -", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		a := s.app(map[string]string{"XDG_CONFIG_HOME": t.TempDir(), "WECHATPAY_APIV3_KEY_FILE": "-"})
		found := make(chan string, 1)
		go func() {
			settings, err := a.Settings(t.Context())
			if err != nil {
				found <- err.Error()
				return
			}
			secret, _ := settings.Lookup("WECHATPAY_APIV3_KEY")
			found <- secret
		}()
		s.shows("WECHATPAY_APIV3_KEY_FILE: ")
		s.hides()
		s.types("hush\n")
		assert.Equal(t, "hush", <-found)
		assert.NotContains(t, s.shows(": \r\n"), "hush")
	})
	t.Run("a key of many lines is not asked for", func(t *testing.T) {
		t.Parallel()
		a := newTerminal(t).app(map[string]string{"XDG_CONFIG_HOME": t.TempDir(), "WECHATPAY_PRIVATE_KEY_FILE": "-"})
		_, err := a.Settings(t.Context())
		assert.Equal(t, failure.Usage, failure.Code(err))
		assert.ErrorContains(t, err, "pipe the file in")
	})
	t.Run("interrupted, the terminal shows again what is typed", func(t *testing.T) {
		t.Parallel()
		s := newTerminal(t)
		ctx, interrupt := context.WithCancel(t.Context())
		asked := make(chan error, 1)
		go func() { _, err := s.app(nil).AskSecret(ctx, "apiv3_key"); asked <- err }()
		s.shows("apiv3_key: ")
		s.hides()
		interrupt()
		require.ErrorIs(t, <-asked, context.Canceled)
		s.types("seen\n")
		s.shows("seen")
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		a, _ := testApp(nil)
		_, err := a.AskSecret(t.Context(), "apiv3_key")
		assert.Equal(t, failure.Usage, failure.Code(err))
	})
}

var errWrite = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errWrite }

func TestResultThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	a, _ := testApp(nil)
	a.Out = full{}
	err := a.Result([]byte(`{}`))
	require.ErrorIs(t, err, errWrite)
	assert.Equal(t, failure.NotSent, failure.Code(err))
	assert.Equal(t, failure.Unknown, failure.Code(&failure.DoneError{Err: err}), "the call has been made")
}
