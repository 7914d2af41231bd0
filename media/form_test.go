package media_test

import (
	"crypto/md5"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
)

func TestFormsDifferByEndpoint(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, path string
		part       string
		meta       map[string]any
	}{
		{"images", "v3/merchant/media/upload", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"below a prefix", "/hk/v3/ecommerce/account/cancel-applications/media", "file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"another part", "/v3/mch-manage/submission-files/sub-mchid/{sub_mchid}/upload", "submission_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"a placeholder filled", "v3/mch-operation-manage/enhanced-due-diligence/77/upload", "due_diligence_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"another digest field", "v3/global/merchant-storage/file/upload", "file", map[string]any{"filename": "a.png", "digest": sum(png)}},
		{"no file name", "v3/marketing/shopping-receipt/shoppingreceipts", "file", map[string]any{"sha256": sum(png)}},
		{"a placeholder", "v3/marketing/bank/packages/{package_id}/tasks", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"unknown", "v3/something/new", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"too many segments for a placeholder", "https://api.mch.weixin.qq.com/v3/mch-manage/submission-files/sub-mchid/a/b/c", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b, err := media.Bytes("a.png", png).Build(media.Target{Path: row.path})
			require.NoError(t, err)
			f := parse(t, b)
			assert.Equal(t, row.part, f.part)
			assert.Equal(t, row.meta, f.meta)
		})
	}
}

func TestFormsWithAnotherDigest(t *testing.T) {
	t.Parallel()
	digest := md5.Sum([]byte("%PDF-1.4"))
	for _, row := range []struct{ name, path, algorithmField string }{
		{"taxi invoices", "v3/taxi-invoice/cards/upload-file", "digest_algorithm"},
		{"fapiao", "v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file", "digest_alogrithm"}, //nolint:misspell // as WeChat Pay spells it
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u := media.Bytes("a.pdf", []byte("%PDF-1.4"))
			_, err := u.Build(media.Target{Path: row.path})
			require.EqualError(t, err, `media: a.pdf: the endpoint needs a digest by SM3; set Upload.NewHash to a hash of a library that has it, or set "digest" in Upload.Meta`)
			u.NewHash = md5.New // in place of a library's SM3
			b, err := u.Build(media.Target{Path: row.path})
			require.NoError(t, err)
			f := parse(t, b)
			assert.Equal(t, map[string]any{"digest": hex.EncodeToString(digest[:]), row.algorithmField: "SM3"}, f.meta)
			assert.Equal(t, "application/pdf", f.fileType)

			u.NewHash, u.Meta = nil, map[string]any{"digest": "00"}
			b, err = u.Build(media.Target{Path: row.path})
			require.NoError(t, err, "a digest of the caller's needs no hash")
			assert.Equal(t, map[string]any{"digest": "00", row.algorithmField: "SM3"}, parse(t, b).meta)
		})
	}
}

// ofTheCaller are the fields of meta that do not come from the file.
var ofTheCaller = []string{
	"bank_type", "item_id", "sub_mchid", "company_mchid", "region_id", "file_type", "transaction_id", "openid",
}

// TestFormsAreThoseOfTheCatalogue: every upload that is documented has its parts, and the
// fields of meta that it must have.
func TestFormsAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, e := range catalogue.All() {
		if e.Version == 3 && e.Features.Multipart != nil && e.Body != nil {
			tried++
			t.Run(e.Path, func(t *testing.T) {
				t.Parallel()
				agrees(t, e)
			})
		}
	}
	assert.Equal(t, 13+1, tried, "of v3, and of the brand API")
}

// agrees compares the body that is built for an endpoint with its documentation.
func agrees(t *testing.T, e catalogue.Endpoint) {
	t.Helper()
	u := media.Bytes("a.png", png)
	u.NewHash = md5.New // in place of SM3, where that is asked for
	b, err := u.Build(media.Target{Method: e.Method, Path: e.Path})
	require.NoError(t, err)
	f := parse(t, b)
	var required, known []string
	parts := map[string]bool{}
	for path, field := range e.Body.All() {
		name, inMeta := strings.CutPrefix(path, "meta.")
		switch {
		case !inMeta:
			parts[path] = true
		case strings.Contains(name, "."):
		default:
			known = append(known, name)
			if field.Required && !slices.Contains(ofTheCaller, name) {
				required = append(required, name)
			}
		}
	}
	assert.True(t, parts[f.part], f.part)
	assert.Subset(t, known, slices.Collect(maps.Keys(f.meta)))
	assert.ElementsMatch(t, required, slices.Collect(maps.Keys(f.meta)))
}

func TestLimits(t *testing.T) {
	t.Parallel()
	sized := func(head string, size int) []byte { return append([]byte(head), make([]byte, size-len(head))...) }
	const pngHead, hello = "\x89PNG\r\n\x1a\n", "hello"
	const receipts = "v3/marketing/shopping-receipt/shoppingreceipts"
	for _, row := range []struct {
		name   string
		data   []byte
		path   string
		limits map[string]int64 // of the caller's
		want   string
	}{
		{"an image, as large as is accepted", sized(pngHead, 5<<20), imagePath, nil, ""},
		{"an image too large", sized(pngHead, 5<<20+1), imagePath, nil, "media: a: the file has 5242881 bytes; the endpoint accepts 5242880 of image/png"},
		{"a PDF, which may be larger", sized("%PDF-1.4", 7<<20+512<<10), imagePath, nil, ""},
		{"larger than any type", sized(pngHead, 8<<20), imagePath, nil, "media: a: the file has 8388608 bytes; the endpoint accepts 7864320"},
		{"a type that is not accepted", []byte("GIF89a...."), imagePath, nil, "media: a: the file is image/gif; the endpoint accepts application/pdf, image/bmp, image/jpeg, image/png; set Upload.ContentType if the type is wrong"},
		{"a receipt, as large as is accepted", sized(pngHead, 200<<10), receipts, nil, ""},
		{"a receipt too large", sized(pngHead, 200<<10+1), receipts, nil, "media: a: the file has 204801 bytes; the endpoint accepts 204800"},
		{"removed", []byte(hello), imagePath, map[string]int64{}, ""},
		{"of text", []byte(hello), imagePath, map[string]int64{"text/plain": 5}, ""},
		{"of text, and smaller", []byte(hello), imagePath, map[string]int64{"text/plain": 4}, "media: a: the file has 5 bytes; the endpoint accepts 4"},
		{"of text, smaller than of others", []byte(hello), imagePath, map[string]int64{"text/plain": 4, "": 9}, "media: a: the file has 5 bytes; the endpoint accepts 4 of text/plain"},
		{"of all others", []byte(hello), imagePath, map[string]int64{"image/png": 4, "": 5}, ""},
		{"of others", []byte(hello), imagePath, map[string]int64{"image/png": 5}, "media: a: the file is text/plain; the endpoint accepts image/png; set Upload.ContentType if the type is wrong"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u := media.Bytes("a", row.data)
			u.Form.Limits = row.limits
			_, err := u.Build(media.Target{Path: row.path})
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, row.want)
		})
	}
}

// TestFormRefuses: some of these would otherwise be sent as something else.
func TestFormRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		change func(u *media.Upload)
		want   string
	}{
		{"a type with a line break", func(u *media.Upload) { u.ContentType = "image/png;\r\nX-Evil: 1" }, `media: a.png: Upload.ContentType "image/png;\r\nX-Evil: 1" is not a MIME type`},
		{"invalid type", func(u *media.Upload) { u.ContentType = "a picture" }, `media: a.png: Upload.ContentType "a picture" is not a MIME type`},
		{"a part with a line break", func(u *media.Upload) { u.Form.FilePart = "file\r\nX-Evil: 1" }, `media: a.png: Form.FilePart "file\r\nX-Evil: 1" holds a line break or another control character`},
		{"a hash that is nil", func(u *media.Upload) { u.NewHash = func() hash.Hash { return nil } }, "media: a.png: Upload.NewHash returned nil"},
		{"an algorithm without hash", func(u *media.Upload) { u.Form.Algorithm = "SM3" }, `media: a.png: the endpoint needs a digest by SM3; set Upload.NewHash to a hash of a library that has it, or set "sha256" in Upload.Meta`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			u := media.Bytes("a.png", png)
			row.change(u)
			_, err := u.Build(media.Target{Path: imagePath})
			assert.EqualError(t, err, row.want)
		})
	}
}
