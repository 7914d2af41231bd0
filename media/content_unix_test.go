//go:build unix

package media_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

// TestPipeDoesNotBlock: to open one would wait for its writer.
func TestPipeDoesNotBlock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	_, err := media.File(path).Build(media.Target{Path: imagePath})
	require.EqualError(t, err, "media: pipe: it is not a regular file; use media.Reader for other sources")
}
