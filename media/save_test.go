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
	t.Parallel()
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
	require.EqualError(t, err, "media: saving "+path+": broken")
	assert.Equal(t, "old", content())
	require.NoError(t, media.Save(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }))
	assert.Equal(t, "new", content())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	err = media.Save(filepath.Join(dir, "none", "x"), func(io.Writer) error { return nil })
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "media: open "+filepath.Join(dir, "none", ".x."))
	require.Error(t, media.Save(dir, func(io.Writer) error { return nil }), "a folder is in its place")
	assert.Panics(t, func() { _ = media.Save(path, func(io.Writer) error { panic("x") }) })
	assert.Equal(t, "new", content())
	left, err = os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "not even after a panic")
}
