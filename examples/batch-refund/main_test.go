package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/batch"
)

func write(t *testing.T, count int) string {
	t.Helper()
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, `{"out_trade_no":"ORDER%06d","out_refund_no":"REFUND%06d","amount":{"refund":100,"total":100,"currency":"CNY"}}`+"\n", i, i)
	}
	path := filepath.Join(t.TempDir(), "refunds.ndjson")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func TestARunIsTakenUpAgain(t *testing.T) {
	input, state := write(t, 80), filepath.Join(t.TempDir(), "state")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out, report bytes.Buffer
	require.NoError(t, run(ctx, state, input, &stopping{&out, 5, interrupt}, &report))
	assert.Contains(t, report.String(), "run again with the same input")
	first := strings.Count(out.String(), "\n")
	assert.Less(t, first, 80)

	out.Reset()
	report.Reset()
	require.NoError(t, run(t.Context(), state, input, &out, &report))
	resumed := 0
	decoder := json.NewDecoder(&out)
	for i := range 80 {
		var r batch.Result
		require.NoError(t, decoder.Decode(&r))
		assert.Equal(t, batch.Done, r.Outcome, r.Error)
		assert.Equal(t, i+1, r.Line)
		assert.LessOrEqual(t, r.Sends, 1)
		if r.Resumed {
			resumed++
		}
	}
	assert.GreaterOrEqual(t, resumed, first)
	assert.Contains(t, report.String(), "done     80\n")
}

// A stopping writer interrupts the run after some lines.
type stopping struct {
	io.Writer
	left int
	stop func()
}

func (s *stopping) Write(p []byte) (int, error) {
	if s.left--; s.left == 0 {
		s.stop()
	}
	return s.Writer.Write(p)
}
