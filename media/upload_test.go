package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

const imagePath = "v3/merchant/media/upload"

var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 2000)...)

// A form is a body taken apart again.
type form struct {
	meta               map[string]any
	raw                []byte // meta as it stands in the part
	part, name         string
	file               []byte
	metaType, fileType string
}

func parse(tb testing.TB, b *media.Body) form {
	tb.Helper()
	r, err := b.Open()
	require.NoError(tb, err)
	data, err := io.ReadAll(r)
	require.NoError(tb, err)
	require.NoError(tb, r.Close())
	require.Len(tb, data, int(b.Size))
	_, params, err := mime.ParseMediaType(b.ContentType)
	require.NoError(tb, err)
	parts := multipart.NewReader(bytes.NewReader(data), params["boundary"])
	var f form
	p, err := parts.NextPart()
	require.NoError(tb, err)
	require.Equal(tb, "meta", p.FormName(), "it comes first")
	f.metaType = p.Header.Get("Content-Type")
	f.raw, err = io.ReadAll(p)
	require.NoError(tb, err)
	require.NoError(tb, json.Unmarshal(f.raw, &f.meta))
	p, err = parts.NextPart()
	require.NoError(tb, err)
	_, disposition, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	require.NoError(tb, err)
	f.part, f.name, f.fileType = p.FormName(), disposition["filename"], p.Header.Get("Content-Type")
	f.file, err = io.ReadAll(p)
	require.NoError(tb, err)
	_, err = parts.NextPart()
	require.ErrorIs(tb, err, io.EOF)
	return f
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func TestUploadByEverySource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "店铺.png")
	require.NoError(t, os.WriteFile(path, png, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	for name, u := range map[string]*media.Upload{
		"a file":         media.File(path),
		"bytes":          media.Bytes("店铺.png", png),
		"an io.ReaderAt": media.Reader("店铺.png", file, int64(len(png))),
		"an io.Seeker":   media.Reader("店铺.png", struct{ io.ReadSeeker }{bytes.NewReader(png)}, int64(len(png))),
		"a plain reader": media.Reader("店铺.png", iotest.OneByteReader(bytes.NewReader(png)), int64(len(png))),
	} {
		for range 2 { // it may be used again
			b, err := u.Build(media.Target{Method: "POST", Path: imagePath})
			require.NoError(t, err, name)
			for range 2 { // each attempt opens it again
				f := parse(t, b)
				assert.Equal(t, map[string]any{"filename": "店铺.png", "sha256": sum(png)}, f.meta, name)
				assert.Equal(t, f.raw, b.Signed, "the meta part is what is signed")
				assert.Equal(t, []string{"application/json", "file", "店铺.png", "image/png"}, []string{f.metaType, f.part, f.name, f.fileType})
				assert.Equal(t, png, f.file)
			}
		}
		assert.Equal(t, "店铺.png", u.String())
	}
}

func TestFileNamesAreQuoted(t *testing.T) {
	for _, name := range []string{`a"b.png`, `a\b.png`, `a; filename=x.png`, "中 文.png", `%22.png`} {
		b, err := media.Bytes(name, png).Build(media.Target{Path: imagePath})
		require.NoError(t, err, name)
		f := parse(t, b)
		assert.Equal(t, name, f.name)
		assert.Equal(t, name, f.meta["filename"])
	}
}

func TestAFileThatChangesOnTheWayFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	require.NoError(t, os.WriteFile(path, png, 0o600))
	b, err := media.File(path).Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(png, 0), 0o600))
	_, err = b.Open()
	require.ErrorContains(t, err, "it had 2008 bytes and has 2009 now")

	require.NoError(t, os.WriteFile(path, png, 0o600))
	r, err := b.Open()
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	require.NoError(t, os.WriteFile(path, append(png, 0), 0o600))
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Len(t, data, int(b.Size), "what is added while it is sent is not")
}

// TestAttemptsMayOverlap: a transport may still read the body of an attempt that failed.
func TestAttemptsMayOverlap(t *testing.T) {
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

func TestAPipeIsReadOnceAndKept(t *testing.T) {
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

func TestUploadsAtOnce(t *testing.T) {
	u := media.Bytes("a.png", png)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			b, err := u.Build(media.Target{Path: imagePath})
			if err != nil {
				t.Error(err)
				return
			}
			r, err := b.Open()
			if err != nil {
				t.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, r)
			if err != nil || n != b.Size {
				t.Error(n, err)
			}
		})
	}
	group.Wait()
}

func FuzzUpload(f *testing.F) {
	f.Add("a.png", "text", []byte("x"))
	f.Add(`"\;中`, `"`, []byte("--boundary\r\n"))
	f.Fuzz(func(t *testing.T, name, text string, data []byte) {
		u := media.Bytes(name, data)
		u.Meta = map[string]any{"text": text}
		b, err := u.Build(media.Target{Path: "v3/new"})
		if err != nil {
			return
		}
		parsed := parse(t, b)
		if !bytes.Equal(parsed.raw, b.Signed) || !bytes.Equal(parsed.file, data) {
			t.Fatalf("%q %q: %+v", name, text, parsed)
		}
	})
}
