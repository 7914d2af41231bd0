package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, 50*time.Millisecond))
	assert.Equal(t, `the payer has money: paid 1800 fen
the payer has none: refused (NOTENOUGH)
the payer is asked for the password: paid 1800 fen
`, out.String())
}
