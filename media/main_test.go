package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"testing"

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
