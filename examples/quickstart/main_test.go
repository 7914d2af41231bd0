package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuickstartPrintsAPrepayID(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = w
	err = run(t.Context())
	os.Stdout = stdout
	require.NoError(t, err)
	require.NoError(t, w.Close())
	printed, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Regexp(t, `(?m)^request +POST /v3/pay/transactions/jsapi-with-contract$`, string(printed))
	assert.Regexp(t, `(?m)^verified +true by PUB_KEY_ID_`, string(printed))
	assert.Regexp(t, `(?m)^prepay_id wx\w+$`, string(printed))

	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, picture, _ := strings.Cut(string(readme), "```text\n")
	picture, _, _ = strings.Cut(picture, "```")
	assert.Equal(t, changing.ReplaceAllString(picture, "~"), changing.ReplaceAllString(string(printed), "~"), "what the README shows")
}

// changing are what no two runs have in common.
var changing = regexp.MustCompile(`127\.0\.0\.1:\d+|request id \w+|PUB_KEY_ID_\w+|wx\w{20,}`)
