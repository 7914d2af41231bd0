package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func input(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"out_trade_no\":\"N%03d\"}\n", i)
	}
	return b.String()
}

func read(t *testing.T, out io.Reader) map[string]line {
	t.Helper()
	lines := map[string]line{}
	decoder := json.NewDecoder(out)
	for decoder.More() {
		var l line
		require.NoError(t, decoder.Decode(&l))
		lines[l.OutTradeNo] = l
	}
	return lines
}

func TestEveryOrderIsQueriedAndCounted(t *testing.T) {
	var out, report bytes.Buffer
	require.NoError(t, run(t.Context(), 8, strings.NewReader(input(100)), &out, &report))
	lines := read(t, &out)
	require.Len(t, lines, 100)
	assert.Equal(t, "ORDER_NOT_EXIST", lines["N010"].Code)
	assert.Equal(t, "NOTPAY", lines["N021"].TradeState)
	assert.Equal(t, "SUCCESS", lines["N099"].TradeState)
	assert.Regexp(t, `(?s)^NOTPAY +20\nORDER_NOT_EXIST +10\nSUCCESS +70\np50 \d+ ms, p99 \d+ ms, \d+ calls/s\n$`, report.String())
}

// TestAnInterruptFinishesWhatIsInFlight: every order is either queried to its end
// or reported as not started.
func TestAnInterruptFinishesWhatIsInFlight(t *testing.T) {
	interrupt, end := context.WithCancel(t.Context())
	defer end()
	var out, report bytes.Buffer
	reader := &interrupting{rest: strings.NewReader(input(2000)), after: 3000, interrupt: end}
	require.NoError(t, run(interrupt, 8, reader, &out, &report))
	lines := read(t, &out)
	for _, l := range lines {
		assert.NotEqual(t, "CALL_FAILED", l.Code)
	}
	assert.Less(t, len(lines), 2000)
	assert.Contains(t, report.String(), fmt.Sprintf("interrupted: %d orders of the input were not started", 2000-len(lines)))
}

// interrupting ends a context once so many bytes were read.
type interrupting struct {
	rest      io.Reader
	after     int
	interrupt func()
}

func (r *interrupting) Read(p []byte) (int, error) {
	n, err := r.rest.Read(p[:min(len(p), 500)])
	if r.after -= n; r.after < 0 {
		r.interrupt()
	}
	return n, err
}

func TestABrokenInputEndsIt(t *testing.T) {
	var out, report bytes.Buffer
	err := run(t.Context(), 8, strings.NewReader(input(3)+"no JSON\n"+input(3)), &out, &report)
	require.ErrorContains(t, err, `line 4 of the input is not an order: "no JSON"`)
	assert.Len(t, read(t, &out), 3, "what was begun is finished")
	assert.Contains(t, report.String(), "NOTPAY             2")
	require.ErrorContains(t, run(t.Context(), 0, nil, nil, nil), "-limit 0")
}
