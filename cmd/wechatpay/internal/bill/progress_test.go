package bill

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// TestProgress: a person at a terminal sees how far it is, ten times a second at most.
func TestProgress(t *testing.T) {
	t.Parallel()
	screen, terminal, err := pty.Open()
	require.NoError(t, err)
	defer func() { _ = screen.Close() }()
	now := time.Now()
	a := &app.App{Err: terminal, Now: func() time.Time { return now }}
	p := newProgress(a)
	for _, done := range []int64{0, 1, 2_500_000, 2_600_000, 10_000_000} {
		p.show(done, 10_000_000)
		if done < 2_500_000 {
			now = now.Add(interval * 5 / 8)
		}
	}
	p.end()
	require.NoError(t, terminal.Close())
	text, _ := io.ReadAll(screen) // a closed terminal is an error on Linux
	lines := strings.Split(string(text), "\r\x1b[K")
	assert.Equal(t, []string{"", "  0%  0 B / 10.0 MB", " 25%  2.5 MB / 10.0 MB  20.0 MB/s", "100%  10.0 MB / 10.0 MB  80.0 MB/s", ""}, lines)
}

// TestNoProgress: a log file gets none of it.
func TestNoProgress(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "log")
	require.NoError(t, err)
	p := newProgress(&app.App{Err: file, Now: time.Now})
	p.show(1, 2)
	p.end()
	info, err := file.Stat()
	require.NoError(t, err)
	assert.Zero(t, info.Size())
	require.NoError(t, file.Close())
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 11, 30, 23, 0, 0, 0, time.FixedZone("CST", 8*60*60))
	for _, row := range []struct {
		name, day, want, problem string
		now                      time.Time
		inSandbox                bool
	}{
		{"yesterday in China", "yesterday", "2026-11-29", "", evening, false},
		{"it is the next day in China", "yesterday", "2026-11-30", "", evening.Add(time.Hour).UTC(), false},
		{"a day", "2026-02-28", "2026-02-28", "", evening, false},
		{"no such day", "2026-02-29", "", "is no day", evening, false},
		{"today", "2026-11-30", "", "is not over in China", evening, false},
		{"a sandbox may be ahead", "2026-12-24", "2026-12-24", "", evening, true},
		{"another form", "20261129", "", "write it as YYYY-MM-DD", evening, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := dateOf(row.day, row.now, row.inSandbox)
			if row.problem != "" {
				require.ErrorContains(t, err, row.problem)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, row.want, got)
		})
	}
}
