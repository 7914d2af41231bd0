package keys_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func in(dir string) func(*keys.KeyringConfig) { return func(cfg *keys.KeyringConfig) { cfg.Dir = dir } }

func TestARestartDoesNotDependOnTheNetwork(t *testing.T) {
	g := testgateway.Shared()
	serial := g.Credentials().PlatformSerial
	dir := filepath.Join(t.TempDir(), "certificates")
	first, _ := newKeyring(t, g, in(dir))
	require.NoError(t, first.Refresh(t.Context()))
	require.NoError(t, first.Close(), "which waits for the folder")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
	info, err := entries[0].Info()
	require.NoError(t, err)
	assert.Equal(t, "wechatpay_"+serial+".pem", info.Name())
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	second, l := newKeyring(t, g, in(dir))
	_, err = second.Key(t.Context(), serial)
	require.NoError(t, err)
	assert.Zero(t, l.downloads())
}

func TestTheFolderFollowsTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		old, dir := g.Credentials().PlatformSerial, t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600))
		keys, _ := newKeyring(t, g, in(dir))
		require.NoError(t, keys.Refresh(t.Context()))
		cert, err := g.IssueCertificate(24 * time.Hour)
		require.NoError(t, err)
		require.NoError(t, g.UseCertificate(signer.Serial(cert)))
		require.NoError(t, g.WithdrawCertificate(old))
		time.Sleep(time.Minute)
		require.NoError(t, keys.Refresh(t.Context()))
		require.NoError(t, keys.Close())
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{filepath.Join(dir, "notes.txt"), filepath.Join(dir, "wechatpay_"+signer.Serial(cert)+".pem")}, names)
	})
}

func TestADamagedFileIsDownloadedAgain(t *testing.T) {
	g := testgateway.Shared()
	serial := g.Credentials().PlatformSerial
	another := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.Credentials().Certificate.Raw})
	for name, content := range map[string][]byte{"damaged": []byte("no certificate"), "empty": nil, "another's": another} {
		dir := t.TempDir()
		path := filepath.Join(dir, "wechatpay_"+serial+".pem")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		var out bytes.Buffer
		keys, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Dir, cfg.Logger = dir, logger(&out) })
		assert.Contains(t, out.String(), "platform certificate not read", name)
		for id := range keys.All() {
			t.Error(name, "held", id)
		}
		require.NoError(t, keys.Refresh(t.Context()))
		require.NoError(t, keys.Close())
		restarted, l := newKeyring(t, g, in(dir))
		_, err := restarted.Key(t.Context(), serial)
		require.NoError(t, err, name)
		assert.Zero(t, l.downloads(), name)
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: g.Credentials().APIv3Key, Dir: file})
	require.ErrorContains(t, err, "Config.Dir")
}

// TestFilesOfOthersAreLeftAlone: neither trusted nor removed, such as the merchant's own
// certificate under its serial.
func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	g := testgateway.Shared()
	cred := g.Credentials()
	dir := t.TempDir()
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cred.Certificate.Raw})
	for _, name := range []string{cred.Serial + ".pem", "wechatpay_" + strings.ToLower(cred.Serial) + ".pem", "apiclient_cert.pem"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), own, 0o600))
	}
	keys, _ := newKeyring(t, g, in(dir))
	_, err := keys.Key(t.Context(), cred.Serial)
	require.ErrorIs(t, err, signer.ErrUnknownKey)
	require.NoError(t, keys.Close())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 4, "they, and what was downloaded")
}

func TestAFolderThatCannotBeWrittenIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	var out bytes.Buffer
	keys, _ := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) {
		cfg.Dir, cfg.Logger = filepath.Join(file, "below"), logger(&out)
	})
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, keys.Refresh(t.Context()), "the keys are there all the same")
	require.NoError(t, keys.Close())
	assert.Contains(t, out.String(), "platform certificates not stored")
}
