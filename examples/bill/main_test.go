package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestYesterdaysBillIsRead(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Contains(t, out.String(), "1217752501201407033233368018 1.00 公仔,大号\n")
	assert.Contains(t, out.String(), "总交易单数 1\n")
	assert.Contains(t, out.String(), "\r[########################################] ")
}
