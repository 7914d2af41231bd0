package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachFrontEndHasItsParameters(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	for _, name := range []string{
		`JSAPI: {`, `"paySign"`, `"timeStamp"`, `"package": "prepay_id=wx2014`, `APP: {`, `"package": "Sign=WXPay"`, `selected_installment_number=3`, `JSAPI of APIv2: {`, `"signType": "MD5"`, `"businessType": "wxpayScoreUse"`,
	} {
		assert.Contains(t, out.String(), name)
	}
}
