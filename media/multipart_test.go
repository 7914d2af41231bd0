package media_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
)

func TestFileNamesAreQuoted(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, file string }{
		{"a quotation mark", `a"b.png`},
		{"a backslash", `a\b.png`},
		{"a parameter", `a; filename=x.png`},
		{"Chinese and a space", "中 文.png"},
		{"what browsers escape", `%22.png`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b, err := media.Bytes(row.file, png).Build(media.Target{Path: imagePath})
			require.NoError(t, err)
			f := parse(t, b)
			assert.Equal(t, row.file, f.name)
			assert.Equal(t, row.file, f.meta["filename"])
		})
	}
}

func TestAFileThatChangesOnTheWayFails(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.png")
	require.NoError(t, os.WriteFile(path, png, 0o600))
	b, err := media.File(path).Build(media.Target{Path: imagePath})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(png, 0), 0o600))
	_, err = b.Open()
	require.EqualError(t, err, "media: a.png: it had 2008 bytes and has 2009 now")

	require.NoError(t, os.WriteFile(path, png, 0o600))
	r, err := b.Open()
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	require.NoError(t, os.WriteFile(path, append(png, 0), 0o600))
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	assert.Len(t, data, int(b.Size), "what is added while it is sent is not")
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
