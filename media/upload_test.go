package media_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestUploadByEverySource(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "店铺.png")
	require.NoError(t, os.WriteFile(path, png, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	size := int64(len(png))
	for _, row := range []struct {
		name   string
		upload *media.Upload
	}{
		{"a file", media.File(path)},
		{"bytes", media.Bytes("店铺.png", png)},
		{"an io.ReaderAt", media.Reader("店铺.png", file, size)},
		{"an io.Seeker", media.Reader("店铺.png", struct{ io.ReadSeeker }{bytes.NewReader(png)}, size)},
		{"a plain reader", media.Reader("店铺.png", iotest.OneByteReader(bytes.NewReader(png)), size)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "店铺.png", row.upload.String())
			for range 2 { // it may be used again
				b, err := row.upload.Build(media.Target{Method: "POST", Path: imagePath})
				require.NoError(t, err)
				for range 2 { // each attempt opens it again
					f := parse(t, b)
					assert.Equal(t, map[string]any{"filename": "店铺.png", "sha256": sum(png)}, f.meta)
					assert.Equal(t, f.raw, b.Signed, "the meta part is what is signed")
					assert.Equal(t, []string{"application/json", "file", "店铺.png", "image/png"}, []string{f.metaType, f.part, f.name, f.fileType})
					assert.Equal(t, png, f.file)
				}
			}
		})
	}
}

func TestUploadRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		upload *media.Upload
		want   string
	}{
		{"nil", nil, "media: the Upload is nil or empty; make it with File, Bytes or Reader"},
		{"zero", new(media.Upload), "media: the Upload is nil or empty; make it with File, Bytes or Reader"},
		{"no name", media.Bytes("", png), "media: the file has no name"},
		{"no path", media.File(""), "media: the file has no name"},
		{"the root", media.File("/"), "media: the file has no name"},
		{"a line break in its name", media.Bytes("a\r\nX: y", png), `media: the file's name "a\r\nX: y" holds a line break or another control character`},
		{"a name in GBK", media.Bytes("\xb5\xea.png", png), "media: the file's name is not UTF-8"},
		{"empty", media.Bytes("a.png", nil), "media: a.png: the file is empty"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := row.upload.Build(media.Target{Path: imagePath})
			assert.EqualError(t, err, row.want)
		})
	}
	assert.Equal(t, "no upload", (*media.Upload)(nil).String())
}

func TestUploadEncryptsItsMeta(t *testing.T) {
	t.Parallel()
	u := media.Bytes("a.png", png)
	b, err := u.Build(media.Target{Path: imagePath, Encrypt: func(meta []byte) ([]byte, error) { return bytes.ToUpper(meta), nil }})
	require.NoError(t, err)
	assert.Equal(t, string(bytes.ToUpper([]byte(`{"filename":"a.png","sha256":"`+sum(png)+`"}`))), string(b.Signed))
	assert.Equal(t, b.Signed, parse(t, b).raw, "what is sent is what is signed")

	broken := errors.New("no key")
	_, err = u.Build(media.Target{Path: imagePath, Encrypt: func([]byte) ([]byte, error) { return nil, broken }})
	assert.Equal(t, broken, err)
}

func TestUploadTypes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, file, head, want string }{
		{"by its content", "a.jpg", "\x89PNG\r\n\x1a\n", "image/png"},
		{"by its name, where the content is text", "a.PDF", "hello", "application/pdf"},
		{"by its name, where the content is unknown", "a.pdf", "\x00\x01", "application/pdf"},
		{"unknown", "a", "\x00\x01", "application/octet-stream"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b, err := media.Bytes(row.file, []byte(row.head)).Build(media.Target{Path: "v3/new"})
			require.NoError(t, err)
			assert.Equal(t, row.want, parse(t, b).fileType)
		})
	}
}

// TestUploadFields: the fields of an Upload win over the table of endpoints.
func TestUploadFields(t *testing.T) {
	t.Parallel()
	u := media.Bytes("a.bin", png)
	u.Meta = map[string]any{"item_id": json.Number("7"), "filename": "mine.png"}
	u.Form = media.Form{FilePart: "picture", DigestField: "d", AlgorithmField: "alg", Algorithm: "SHA256", Limits: map[string]int64{"": 5000}}
	u.ContentType = "image/x-mine"
	b, err := u.Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	f := parse(t, b)
	assert.Equal(t, map[string]any{"item_id": 7.0, "filename": "mine.png", "d": sum(png), "alg": "SHA256"}, f.meta)
	assert.Equal(t, "picture", f.part)
	assert.Equal(t, "image/x-mine", f.fileType)

	u.Form.NameField, u.Meta = media.Omit, nil
	b, err = u.Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"d": sum(png), "alg": "SHA256"}, parse(t, b).meta)
}

func TestUploadsAtOnce(t *testing.T) {
	t.Parallel()
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
