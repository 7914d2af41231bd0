package main

import (
	"bytes"
	"log"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAServerIsLost(t *testing.T) {
	var report bytes.Buffer
	require.NoError(t, run(t.Context(), t.TempDir(), 20, log.New(&report, "", 0)))
	assert.Contains(t, report.String(), "a server is lost\n")
	assert.Contains(t, report.String(), "map[done:20] in ")
}
