package sandbox_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestAServedSandboxSurvivesARestart: clients go on with their keys, and find what they made.
func TestAServedSandboxSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g, err := sandbox.Open(sandbox.Config{Keys: keysOf(t)}, dir)
	require.NoError(t, err)
	brand := brandCredential(t, g)
	w := callAs(t, g, brand, "POST", coupons+"notify-configs", `{"notify_url":"https://brand.example.com/"}`, nil)
	require.Equal(t, 200, w.Code, w.Body)
	cert, err := g.IssueCertificate(time.Hour)
	require.NoError(t, err)
	require.NoError(t, g.SwitchToPublicKey(100))
	g.AdvanceClock(48 * time.Hour)
	require.NoError(t, g.Save(dir))
	info, err := os.Stat(filepath.Join(dir, "sandbox-state.json"))
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077, "it holds private keys")

	other, err := sandbox.Open(sandbox.Config{MchID: "1999999999"}, dir)
	require.NoError(t, err)
	before, after := g.Credentials(), other.Credentials()
	assert.Equal(t, before.APIv3Key.Reveal(), after.APIv3Key.Reveal())
	assert.Equal(t, before.Brand.APIv3Key.Reveal(), after.Brand.APIv3Key.Reveal())
	assert.True(t, before.PrivateKey.Equal(after.PrivateKey))
	assert.True(t, before.Brand.PrivateKey.Equal(after.Brand.PrivateKey))
	for _, ids := range [][2]string{
		{before.MchID, after.MchID}, {before.Serial, after.Serial}, {before.PlatformSerial, after.PlatformSerial},
		{before.PublicKeyID, after.PublicKeyID}, {before.Brand.Serial, after.Brand.Serial}, {before.Brand.PublicKeyID, after.Brand.PublicKeyID},
	} {
		assert.Equal(t, ids[0], ids[1])
	}
	assert.Equal(t, g.ControlToken(), other.ControlToken())
	assert.InDelta(t, 48*time.Hour, time.Until(other.Now()), float64(time.Minute))
	w = callAs(t, other, brand, "GET", coupons+"notify-configs", "", nil)
	assert.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), "brand.example.com")
	require.NoError(t, other.UseCertificate(signer.Serial(cert)))
	assert.Equal(t, g.Credentials().PublicKeyID, other.SignWebhook([]byte("x")).Get("Wechatpay-Serial"), "the public key signs webhooks")
	resp, _ := newMerchant(t, other).call("GET", "/v3/certificates", "")
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestStatesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	good := t.TempDir()
	require.NoError(t, newGateway(t, sandbox.Config{}).Save(good))
	data, err := os.ReadFile(filepath.Join(good, "sandbox-state.json"))
	require.NoError(t, err)
	for _, row := range []struct{ name, text, want string }{
		{"no JSON", "x", "sandbox-state.json"},
		{"empty", "", "sandbox-state.json"},
		{"another version", `{"version":99}`, "is of version 99"},
		{"no keys", `{"version":1}`, "merchant"},
		{"cut off", string(data[:len(data)/2]), "sandbox-state.json"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "sandbox-state.json"), []byte(row.text), 0o600))
			_, err := sandbox.Open(sandbox.Config{}, dir)
			require.ErrorContains(t, err, row.want)
			assert.NotContains(t, err.Error(), "PRIVATE")
		})
	}
}
