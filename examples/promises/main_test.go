package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheChainGoesFromPrepayToPaid(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Contains(t, out.String(), `"appId": "wxd678efh567hg6787"`)
	assert.Contains(t, out.String(), `"package": "prepay_id=wx`)
	assert.Regexp(t, `\nSUCCESS 100\n$`, out.String())
}
