package guide_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestSignError(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t, sandboxtest.ExpectRefusals())
	var dump strings.Builder
	require.NoError(t, guide.WhatWasSigned(t.Context(), s.Client, &dump))
	assert.Contains(t, dump.String(), "GET\n/v3/certificates\n", "the first two lines of the message")

	wrong, err := wechatpay.New(wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", PrivateKey: s.Credentials.PrivateKey,
		PlatformKeys: s.Credentials.PlatformKeys(), BaseURL: s.URL,
	})
	require.NoError(t, err)
	t.Cleanup(wrong.CloseIdleConnections)
	err = guide.WhatWasSigned(t.Context(), wrong, &dump)
	assert.True(t, guide.IsSignError(err), err)
	assert.False(t, wechatpay.OutcomeUnknown(err))
	assert.False(t, guide.IsSignError(nil))
}
