package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
)

func TestNewClientReadsTheFilesOfTheConsole(t *testing.T) {
	s, dir := sandboxtest.New(t), t.TempDir()
	require.NoError(t, s.Gateway.WriteCredentials(dir, s.URL))
	client, err := guide.NewClient(guide.Shop{
		Dir: dir, PublicKeyID: s.Credentials.PublicKeyID, APIv3Key: s.Credentials.APIv3Key, BaseURL: s.URL,
	})
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	assert.Equal(t, s.Credentials.MchID, client.CallerID())
	resp, err := client.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, resp.Verified)
}
