package media_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
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
			for range 2 { // each attempt opens it anew
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

func TestFormsDifferByEndpoint(t *testing.T) {
	for path, tc := range map[string]struct {
		part string
		meta map[string]any
	}{
		imagePath: {"file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		"/hk/v3/ecommerce/account/cancel-applications/media":           {"file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		"/v3/mch-manage/submission-files/sub-mchid/{sub_mchid}/upload": {"submission_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		"v3/mch-operation-manage/enhanced-due-diligence/77/upload":     {"due_diligence_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		"v3/global/merchant-storage/file/upload":                       {"file", map[string]any{"filename": "a.png", "digest": sum(png)}},
		"v3/marketing/shopping-receipt/shoppingreceipts":               {"file", map[string]any{"sha256": sum(png)}},
		"v3/marketing/bank/packages/{package_id}/tasks":                {"file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		"v3/something/new": {"file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		"https://api.mch.weixin.qq.com/v3/mch-manage/submission-files/sub-mchid/a/b/c": {"file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
	} {
		b, err := media.Bytes("a.png", png).Build(media.Target{Path: path})
		require.NoError(t, err, path)
		f := parse(t, b)
		assert.Equal(t, tc.part, f.part, path)
		assert.Equal(t, tc.meta, f.meta, path)
	}
	for path, want := range map[string]map[string]any{
		"v3/taxi-invoice/cards/upload-file":                                {"digest": "x", "digest_algorithm": "SM3"},
		"v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file": {"digest": "x", "digest_alogrithm": "SM3"}, //nolint:misspell // as WeChat Pay spells it
	} {
		u := media.Bytes("a.pdf", []byte("%PDF-1.4"))
		_, err := u.Build(media.Target{Path: path})
		require.ErrorContains(t, err, "wants a digest by SM3; set Upload.NewHash", path)
		u.NewHash = md5.New // in place of one of a library's
		b, err := u.Build(media.Target{Path: path})
		require.NoError(t, err)
		f := parse(t, b)
		digest := md5.Sum([]byte("%PDF-1.4"))
		want["digest"] = hex.EncodeToString(digest[:])
		assert.Equal(t, want, f.meta)
		assert.Equal(t, "application/pdf", f.fileType)
	}
}

func TestTheCallersWordWins(t *testing.T) {
	u := media.Bytes("a.bin", png)
	u.Meta = map[string]any{"item_id": 7, "filename": "mine.png", "text": "<&>"}
	u.Form = media.Form{FilePart: "picture", DigestField: "d", AlgorithmField: "alg", Algorithm: "SHA256", Limits: map[string]int64{"": 5000}}
	u.ContentType = "image/x-mine"
	b, err := u.Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	f := parse(t, b)
	assert.Equal(t, map[string]any{"item_id": 7.0, "filename": "mine.png", "text": "<&>", "d": sum(png), "alg": "SHA256"}, f.meta)
	assert.Contains(t, string(b.Signed), "<&>", "not escaped")
	assert.Equal(t, "picture", f.part)
	assert.Equal(t, "image/x-mine", f.fileType)
	u.Form.NameField = media.Omit
	u.Meta = nil
	b, err = u.Build(media.Target{Path: imagePath, Seal: func(meta []byte) ([]byte, error) { return bytes.ToUpper(meta), nil }})
	require.NoError(t, err)
	assert.Equal(t, strings.ToUpper(`{"alg":"SHA256","d":"`+sum(png)+`"}`), string(b.Signed), "what was sealed is signed")
	assert.Equal(t, b.Signed, parse(t, b).raw)
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

func TestUploadRefuses(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	sized := func(head string, size int) *media.Upload {
		return media.Bytes("a", append([]byte(head), make([]byte, size-len(head))...))
	}
	const pngHead = "\x89PNG\r\n\x1a\n"
	for name, tc := range map[string]struct {
		upload *media.Upload
		path   string
		want   string
		is     error
	}{
		"nil":                      {nil, imagePath, "make it with File, Bytes or Reader", nil},
		"zero":                     {new(media.Upload), imagePath, "make it with File, Bytes or Reader", nil},
		"no such file":             {media.File(filepath.Join(dir, "none.png")), imagePath, "none.png", fs.ErrNotExist},
		"a folder":                 {media.File(dir), imagePath, "no regular file", nil},
		"no name":                  {media.Bytes("", png), imagePath, "has no name", nil},
		"a line break in its name": {media.Bytes("a\r\nX: y", png), imagePath, "line break", nil},
		"a name in GBK":            {media.Bytes("\xb5\xea.png", png), imagePath, "not UTF-8", nil},
		"empty":                    {media.Bytes("a.png", nil), imagePath, "it is empty", nil},
		"a nil reader":             {media.Reader("a.png", nil, 1), imagePath, "the reader is nil", nil},
		"a negative size":          {media.Reader("a.png", bytes.NewReader(png), -1), imagePath, "negative", nil},
		"less than announced":      {media.Reader("a.png", bytes.NewReader(png), int64(len(png))+1), imagePath, "it has 2008 bytes, and 2009 were announced", nil},
		"less of a plain reader":   {media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), int64(len(png))+1), imagePath, "it has 2008 bytes, and 2009 were announced", nil},
		"more than announced":      {media.Reader("a.png", bytes.NewReader(png), 100), imagePath, "it goes on after the 100 bytes", nil},
		"more of a plain reader":   {media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), 100), imagePath, "it goes on after the 100 bytes", nil},
		"more than is read for":    {media.Reader("a.png", iotest.ErrReader(errors.New("it was read")), 8<<20), imagePath, "takes 7864320 at most", nil},
		"too much to be kept":      {media.Reader("a.png", iotest.OneByteReader(bytes.NewReader(png)), 65<<20), "v3/new", "use a file", nil},
		"a reader that breaks":     {media.Reader("a.png", iotest.ErrReader(broken), 10), imagePath, "broken", broken},
		"an image too large":       {sized(pngHead, 5<<20+1), imagePath, "it has 5242881 bytes, and the endpoint takes 5242880 of image/png", nil},
		"larger than anything":     {sized(pngHead, 8<<20), imagePath, "it has 8388608 bytes, and the endpoint takes 7864320 at most", nil},
		"a type that is not taken": {media.Bytes("a.gif", []byte("GIF89a....")), imagePath, "it is image/gif, and the endpoint takes application/pdf, image/bmp, image/jpeg, image/png", nil},
		"a receipt too large":      {sized(pngHead, 200<<10+1), "v3/marketing/shopping-receipt/shoppingreceipts", "204801 bytes", nil},
		"meta that is no JSON":     {&media.Upload{}, imagePath, "make it", nil},
	} {
		_, err := tc.upload.Build(media.Target{Path: tc.path})
		require.ErrorContains(t, err, tc.want, name)
		if tc.is != nil {
			require.ErrorIs(t, err, tc.is, name)
		}
	}
	odd := media.Bytes("a.png", png)
	odd.Meta = map[string]any{"f": func() {}}
	_, err := odd.Build(media.Target{Path: imagePath})
	require.ErrorContains(t, err, "Upload.Meta")
	_, err = media.Bytes("a.png", png).Build(media.Target{Path: imagePath, Seal: func([]byte) ([]byte, error) { return nil, broken }})
	require.ErrorIs(t, err, broken)
	for _, size := range []int{5 << 20} {
		_, err = sized(pngHead, size).Build(media.Target{Path: imagePath})
		require.NoError(t, err, "as much as is taken")
	}
	_, err = sized("%PDF-1.4", 7<<20+512<<10).Build(media.Target{Path: imagePath})
	require.NoError(t, err, "a PDF may be larger than an image")

	var none *media.Body
	_, err = none.Build(media.Target{})
	require.ErrorContains(t, err, "the Body is nil")
	whole := &media.Body{ContentType: "a/b", Size: 1, Open: func() (io.ReadCloser, error) { return nil, broken }}
	_, err = whole.Build(media.Target{Seal: func(b []byte) ([]byte, error) { return b, nil }})
	require.ErrorContains(t, err, "cannot be encrypted")
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
