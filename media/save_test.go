package media_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestSaveIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "bill.csv")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	content := func() string {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(data)
	}
	broken := errors.New("broken")
	err := media.Save(path, func(w io.Writer) error {
		_, err := io.WriteString(w, "half of the new one")
		require.NoError(t, err)
		assert.Equal(t, "old", content(), "until it is whole")
		return broken
	})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, "old", content())
	require.NoError(t, media.Save(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }))
	assert.Equal(t, "new", content())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	require.ErrorIs(t, media.Save(filepath.Join(dir, "none", "x"), func(io.Writer) error { return nil }), os.ErrNotExist)
	require.Error(t, media.Save(dir, func(io.Writer) error { return nil }), "a folder is in its place")
	assert.Panics(t, func() { _ = media.Save(path, func(io.Writer) error { panic("x") }) })
	assert.Equal(t, "new", content())
	left, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "not even after a panic")
}

func TestChecksum(t *testing.T) {
	for _, c := range []media.Checksum{
		{Type: "SHA1", Value: "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"},
		{Type: "sha-1", Value: "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{Type: "SHA256", Value: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	} {
		h, err := c.New()
		require.NoError(t, err)
		require.NoError(t, c.Check(h))
		h.Write([]byte("x"))
		require.ErrorIs(t, c.Check(h), media.ErrChecksum)
	}
	for _, kind := range []string{"SM3", "", "MD5"} {
		_, err := media.Checksum{Type: kind}.New()
		require.ErrorIs(t, err, media.ErrHashType)
	}
}
