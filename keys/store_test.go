package keys_test

import (
	"bytes"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestRestartNeedsNoNetwork(t *testing.T) {
	t.Parallel()
	g := testgateway.Shared()
	serial := g.Credentials().PlatformSerial
	dir := filepath.Join(t.TempDir(), "certificates")
	first, _ := newKeyring(t, g, in(dir))
	require.NoError(t, first.Refresh(t.Context()))
	require.NoError(t, first.Close(), "waits for the folder")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "temporary files are removed")
	info, err := entries[0].Info()
	require.NoError(t, err)
	assert.Equal(t, "wechatpay_"+serial+".pem", info.Name())
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	second, l := newKeyring(t, g, in(dir))
	_, err = second.Key(t.Context(), serial)
	require.NoError(t, err)
	assert.Zero(t, l.downloads())
}

func TestFolderFollowsTheList(t *testing.T) {
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

func TestDamagedFileIsDownloadedAgain(t *testing.T) {
	t.Parallel()
	g := testgateway.Shared()
	serial := g.Credentials().PlatformSerial
	const noKey = `wechatpay_SERIAL.pem: no key or certificate found: the data is not PEM, DER, base64 or PKCS#12; check the file`
	for _, tc := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"damaged", []byte("not a certificate"), noKey},
		{"empty", nil, "wechatpay_SERIAL.pem: no key or certificate found: it is empty"},
		{
			"another certificate", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.Credentials().Certificate.Raw}),
			"wechatpay_SERIAL.pem contains the certificate " + g.Credentials().Serial,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "wechatpay_"+serial+".pem"), tc.content, 0o600))
			var out bytes.Buffer
			ring, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Dir, cfg.Logger = dir, logger(&out) })
			assert.Contains(t, out.String(), "wechatpay: reading a platform certificate failed")
			assert.Contains(t, out.String(), strings.ReplaceAll(tc.want, "SERIAL", serial))
			assert.True(t, ring.Empty())
			require.NoError(t, ring.Refresh(t.Context()))
			require.NoError(t, ring.Close())
			restarted, l := newKeyring(t, g, in(dir))
			_, err := restarted.Key(t.Context(), serial)
			require.NoError(t, err)
			assert.Zero(t, l.downloads())
		})
	}
}

func TestDirThatIsAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cipher.NewSecret(strings.Repeat("k", 32)), Dir: file})
	var cause *fs.PathError
	require.ErrorAs(t, err, &cause)
	require.EqualError(t, err, "keys: KeyringConfig.Dir: "+cause.Error())
}

func TestOtherFilesAreNotTouched(t *testing.T) {
	t.Parallel()
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
	assert.Len(t, left, 4, "these and the downloaded one")
}

func TestUnwritableFolderIsLogged(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	var out bytes.Buffer
	keys, _ := newKeyring(t, testgateway.Shared(), func(cfg *keys.KeyringConfig) {
		cfg.Dir, cfg.Logger = filepath.Join(file, "below"), logger(&out)
	})
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, keys.Refresh(t.Context()), "the keys are held")
	require.NoError(t, keys.Close())
	assert.Contains(t, out.String(), "wechatpay: storing platform certificates failed")
}
