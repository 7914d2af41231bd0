package media_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestUploadRefuses(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	large := filepath.Join(dir, "large.png")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, 1<<40), "a sparse file")
	sized := func(head string, size int) *media.Upload {
		return media.Bytes("a", append([]byte(head), make([]byte, size-len(head))...))
	}
	const pngHead = "\x89PNG\r\n\x1a\n"
	for _, tc := range []struct {
		name   string
		upload *media.Upload
		path   string
		want   string
		is     error
	}{
		{"nil", nil, imagePath, "make it with File, Bytes or Reader", nil},
		{"zero", new(media.Upload), imagePath, "make it with File, Bytes or Reader", nil},
		{"no such file", media.File(filepath.Join(dir, "none.png")), imagePath, "none.png", fs.ErrNotExist},
		{"a file of a terabyte", media.File(large), imagePath, "the file has 1099511627776 bytes; the endpoint accepts 7864320", nil},
		{"a folder", media.File(dir), imagePath, "not a regular file", nil},
		{"no name", media.Bytes("", png), imagePath, "has no name", nil},
		{"a line break in its name", media.Bytes("a\r\nX: y", png), imagePath, "line break", nil},
		{"a name in GBK", media.Bytes("\xb5\xea.png", png), imagePath, "not UTF-8", nil},
		{"empty", media.Bytes("a.png", nil), imagePath, "the file is empty", nil},
		{"a nil reader", media.Reader("a.png", nil, 1), imagePath, "the reader is nil", nil},
		{"a negative size", media.Reader("a.png", bytes.NewReader(png), -1), imagePath, "negative", nil},
		{"less than announced", media.Reader("a.png", bytes.NewReader(png), int64(len(png))+1), imagePath, "it has 2008 bytes; its size argument is 2009", nil},
		{"less of a plain reader", media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), int64(len(png))+1), imagePath, "it has 2008 bytes; its size argument is 2009", nil},
		{"more than announced", media.Reader("a.png", bytes.NewReader(png), 100), imagePath, "it has more than the 100 bytes", nil},
		{"more of a plain reader", media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), 100), imagePath, "it has more than the 100 bytes", nil},
		{"more than is read for", media.Reader("a.png", iotest.ErrReader(errors.New("it was read")), 8<<20), imagePath, "accepts 7864320", nil},
		{"too much to be kept", media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), 65<<20), "v3/new", "use a file", nil},
		{"a reader that breaks", media.Reader("a.png", iotest.ErrReader(broken), 10), imagePath, "broken", broken},
		{"an image too large", sized(pngHead, 5<<20+1), imagePath, "the file has 5242881 bytes; the endpoint accepts 5242880 of image/png", nil},
		{"larger than anything", sized(pngHead, 8<<20), imagePath, "the file has 8388608 bytes; the endpoint accepts 7864320", nil},
		{"a type that is not taken", media.Bytes("a.gif", []byte("GIF89a....")), imagePath, "the file is image/gif; the endpoint accepts application/pdf, image/bmp, image/jpeg, image/png", nil},
		{"a receipt too large", sized(pngHead, 200<<10+1), "v3/marketing/shopping-receipt/shoppingreceipts", "204801 bytes", nil},
	} {
		_, err := tc.upload.Build(media.Target{Path: tc.path})
		require.ErrorContains(t, err, tc.want, tc.name)
		if tc.is != nil {
			require.ErrorIs(t, err, tc.is, tc.name)
		}
	}
	_, err := media.Bytes("a.png", png).Build(media.Target{Path: imagePath, Encrypt: func([]byte) ([]byte, error) { return nil, broken }})
	require.ErrorIs(t, err, broken)
	_, err = sized(pngHead, 5<<20).Build(media.Target{Path: imagePath})
	require.NoError(t, err, "as much as is taken")
	_, err = sized("%PDF-1.4", 7<<20+512<<10).Build(media.Target{Path: imagePath})
	require.NoError(t, err, "a PDF may be larger than an image")

	var none *media.Body
	_, err = none.Build(media.Target{})
	require.ErrorContains(t, err, "the Body is nil")
	whole := &media.Body{ContentType: "a/b", Size: 1, Open: func() (io.ReadCloser, error) { return nil, broken }}
	_, err = whole.Build(media.Target{Encrypt: func(b []byte) ([]byte, error) { return b, nil }})
	require.ErrorContains(t, err, "cannot be encrypted")
}

// TestUploadRefusesWhatItsFieldsSay: some would otherwise be sent as something else.
func TestUploadRefusesWhatItsFieldsSay(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(u *media.Upload)
		want   string
	}{
		{"meta of a function", func(u *media.Upload) { u.Meta = map[string]any{"f": func() {}} }, "Upload.Meta"},
		{"meta that is a list", func(u *media.Upload) { u.Meta = []int{1} }, "a []int is not a JSON object"},
		{"meta that is a text", func(u *media.Upload) { u.Meta = []byte(`{"a":1}`) }, "use a map, a struct or a json.RawMessage"},
		{"meta that is cut off", func(u *media.Upload) { u.Meta = json.RawMessage(`{"a":`) }, "Upload.Meta"},
		{"meta in GBK", func(u *media.Upload) { u.Meta = map[string]any{"shop": "\xb5\xea"} }, "not UTF-8"},
		{"meta in GBK, raw", func(u *media.Upload) { u.Meta = json.RawMessage("{\"shop\":\"\xb5\xea\"}") }, "not UTF-8"},
		{"a type with a line break", func(u *media.Upload) { u.ContentType = "image/png;\r\nX-Evil: 1" }, "is not a MIME type"},
		{"invalid type", func(u *media.Upload) { u.ContentType = "a picture" }, "is not a MIME type"},
		{"a part with a line break", func(u *media.Upload) { u.Form.FilePart = "file\r\nX-Evil: 1" }, "line break"},
		{"a hash that is nil", func(u *media.Upload) { u.NewHash = func() hash.Hash { return nil } }, "NewHash returned nil"},
		{"an algorithm without hash", func(u *media.Upload) { u.Form.Algorithm = "SM3" }, "set Upload.NewHash"},
	} {
		u := media.Bytes("a.png", png)
		tc.change(u)
		_, err := u.Build(media.Target{Path: imagePath})
		require.ErrorContains(t, err, tc.want, tc.name)
	}
}
