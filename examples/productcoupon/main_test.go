package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestACouponIsSentConfirmedUsedAndReturned(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, `sent: CONFIRMING
webhook: PRODUCT_COUPON.SEND EFFECTIVE
used: USED
webhook: PRODUCT_COUPON.USE no call is needed
returned: EFFECTIVE
webhook: PRODUCT_COUPON.RETURN no call is needed
`, out.String())
}
