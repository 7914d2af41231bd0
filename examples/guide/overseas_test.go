package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestOverseas(t *testing.T) {
	s := sandboxtest.New(t)
	ctx := t.Context()
	cfg := wechatpay.Config{
		MchID: s.Credentials.MchID, Serial: s.Credentials.Serial, PrivateKey: s.Credentials.PrivateKey, PlatformKeys: s.Credentials.PlatformKeys(),
	}
	_, err := guide.NewOverseasClient(cfg)
	require.NoError(t, err)
	cfg.BaseURL = s.URL
	c, err := guide.NewOverseasClient(cfg)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)

	prepay, err := guide.OverseasOrder(ctx, c, "overseas-0001", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "HKD", 1800)
	require.NoError(t, err)
	assert.NotEmpty(t, prepay)
	state, err := guide.OverseasState(ctx, c, "overseas-0001")
	require.NoError(t, err)
	assert.NotEmpty(t, state)
}
