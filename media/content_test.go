package media_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

// unseekable is what has the methods of an io.Seeker, and cannot seek.
type unseekable struct{ io.Reader }

func (unseekable) Seek(int64, int) (int64, error) { return 0, errors.New("cannot seek") }

func TestContentRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large := filepath.Join(dir, "large.png")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, 1<<40), "a sparse file")
	broken := errors.New("broken")
	plain := func() io.Reader { return iotest.OneByteReader(bytes.NewReader(png)) }
	size := int64(len(png))
	for _, row := range []struct {
		name   string
		upload *media.Upload
		path   string
		want   string
		is     error
	}{
		{"no such file", media.File(filepath.Join(dir, "none.png")), imagePath, "media: none.png: stat " + filepath.Join(dir, "none.png") + ": no such file or directory", fs.ErrNotExist},
		{"a file of a terabyte", media.File(large), imagePath, "media: large.png: the file has 1099511627776 bytes; the endpoint accepts 7864320", nil},
		{"a folder", media.File(dir), imagePath, "media: " + filepath.Base(dir) + ": it is not a regular file; use media.Reader for other sources", nil},
		{"a nil reader", media.Reader("a.png", nil, 1), imagePath, "media: a.png: the reader is nil, or its size 1 is negative", nil},
		{"a negative size", media.Reader("a.png", bytes.NewReader(png), -1), imagePath, "media: a.png: the reader is nil, or its size -1 is negative", nil},
		{"less than announced", media.Reader("a.png", bytes.NewReader(png), size+1), imagePath, "media: a.png: it has 2008 bytes; its size argument is 2009", nil},
		{"less of a plain reader", media.Reader("a.png", plain(), size+1), imagePath, "media: a.png: it has 2008 bytes; its size argument is 2009", nil},
		{"nothing of a plain reader", media.Reader("a.png", iotest.ErrReader(io.EOF), 5), imagePath, "media: a.png: it has 0 bytes; its size argument is 5", nil},
		{"more than announced", media.Reader("a.png", bytes.NewReader(png), 100), imagePath, "media: a.png: it has more than the 100 bytes of its size argument", nil},
		{"more of a plain reader", media.Reader("a.png", plain(), 100), imagePath, "media: a.png: it has more than the 100 bytes of its size argument", nil},
		{"one more of a plain reader", media.Reader("a.png", plain(), size-1), imagePath, "media: a.png: it has more than the 2007 bytes of its size argument", nil},
		{"too large, so it is not read", media.Reader("a.png", iotest.ErrReader(broken), 8<<20), imagePath, "media: a.png: the file has 8388608 bytes; the endpoint accepts 7864320", nil},
		{"too much to be kept", media.Reader("a.png", plain(), 64<<20+1), "v3/new", "media: a.png: a reader that can be read only once is kept in memory, and 67108865 bytes are more than 67108864; use a file", nil},
		{"a plain reader that breaks", media.Reader("a.png", iotest.ErrReader(broken), 10), imagePath, "media: a.png: broken", broken},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.upload.Build(media.Target{Path: row.path})
			require.EqualError(t, err, row.want)
			if row.is != nil {
				require.ErrorIs(t, err, row.is)
			}
		})
	}
}

func TestAFileThatCannotSeekIsKept(t *testing.T) {
	t.Parallel()
	b, err := media.Reader("a.png", unseekable{bytes.NewReader(png)}, int64(len(png))).Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	assert.Equal(t, png, parse(t, b).file)
	assert.Equal(t, png, parse(t, b).file, "again")
}

func TestAPipeIsReadOnceAndKept(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	_, err = w.Write(png)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	b, err := media.Reader("a.png", r, int64(len(png))).Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	assert.Equal(t, png, parse(t, b).file)
	assert.Equal(t, png, parse(t, b).file, "again")
}

// TestAttemptsMayOverlap: a transport may still read the body of an attempt that failed.
func TestAttemptsMayOverlap(t *testing.T) {
	t.Parallel()
	b, err := media.Reader("a.png", struct{ io.ReadSeeker }{bytes.NewReader(png)}, int64(len(png))).Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	first, err := b.Open()
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, first, b.Size/2)
	require.NoError(t, err)
	assert.Equal(t, png, parse(t, b).file)
	rest, err := io.ReadAll(first)
	require.NoError(t, err)
	assert.Len(t, rest, int(b.Size-b.Size/2))
}
