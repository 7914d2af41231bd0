package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAPaymentIsToldOnce(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, `refused a probe
支付成功 1217752501201407033233368018 100
refused a probe
answered 401
answered 204
answered 401
answered 204
`, out.String())
}
