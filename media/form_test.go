package media_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
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
	for _, tc := range []struct {
		path string
		part string
		meta map[string]any
	}{
		{"v3/merchant/media/upload", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"/hk/v3/ecommerce/account/cancel-applications/media", "file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"/v3/mch-manage/submission-files/sub-mchid/{sub_mchid}/upload", "submission_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"v3/mch-operation-manage/enhanced-due-diligence/77/upload", "due_diligence_file", map[string]any{"file_name": "a.png", "file_digest": sum(png)}},
		{"v3/global/merchant-storage/file/upload", "file", map[string]any{"filename": "a.png", "digest": sum(png)}},
		{"v3/marketing/shopping-receipt/shoppingreceipts", "file", map[string]any{"sha256": sum(png)}},
		{"v3/marketing/bank/packages/{package_id}/tasks", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"v3/something/new", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
		{"https://api.mch.weixin.qq.com/v3/mch-manage/submission-files/sub-mchid/a/b/c", "file", map[string]any{"filename": "a.png", "sha256": sum(png)}},
	} {
		b, err := media.Bytes("a.png", png).Build(media.Target{Path: tc.path})
		require.NoError(t, err, tc.path)
		f := parse(t, b)
		assert.Equal(t, tc.part, f.part, tc.path)
		assert.Equal(t, tc.meta, f.meta, tc.path)
	}
	for path, want := range map[string]map[string]any{
		"v3/taxi-invoice/cards/upload-file":                                {"digest": "x", "digest_algorithm": "SM3"},
		"v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file": {"digest": "x", "digest_alogrithm": "SM3"}, //nolint:misspell // as WeChat Pay spells it
	} {
		u := media.Bytes("a.pdf", []byte("%PDF-1.4"))
		_, err := u.Build(media.Target{Path: path})
		require.ErrorContains(t, err, "needs a digest by SM3; set Upload.NewHash", path)
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

// ofTheCaller are the fields of meta that do not come from the file.
var ofTheCaller = []string{
	"bank_type", "item_id", "sub_mchid", "company_mchid", "region_id", "file_type", "transaction_id", "openid",
}

// TestFormsAreThoseOfTheCatalogue: every upload that is documented has its parts, and the
// fields of meta that it must have.
func TestFormsAreThoseOfTheCatalogue(t *testing.T) {
	tried := 0
	for _, e := range catalogue.All() {
		if e.Version != 3 || e.Features.Multipart == nil || e.Body == nil {
			continue
		}
		tried++
		u := media.Bytes("a.png", png)
		u.NewHash = md5.New // in place of SM3, where that is asked for
		b, err := u.Build(media.Target{Method: e.Method, Path: e.Path})
		require.NoError(t, err, e.Path)
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
		assert.True(t, parts[f.part], "%s: %s", e.Path, f.part)
		assert.Subset(t, known, slices.Collect(maps.Keys(f.meta)), e.Path)
		assert.ElementsMatch(t, required, slices.Collect(maps.Keys(f.meta)), e.Path)
	}
	assert.Equal(t, 13, tried)
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
	b, err = u.Build(media.Target{Path: imagePath, Encrypt: func(meta []byte) ([]byte, error) { return bytes.ToUpper(meta), nil }})
	require.NoError(t, err)
	assert.Equal(t, strings.ToUpper(`{"alg":"SHA256","d":"`+sum(png)+`"}`), string(b.Signed), "the encrypted meta part is signed")
	assert.Equal(t, b.Signed, parse(t, b).raw)
}

func TestMetaMayBeAnyObject(t *testing.T) {
	for name, meta := range map[string]any{
		"a map": map[string]any{"item_id": json.Number("12345678901234567890"), "file_name": "mine"},
		"a struct": struct {
			ID   json.Number `json:"item_id"`
			Name string      `json:"file_name"`
		}{"12345678901234567890", "mine"},
		"JSON": json.RawMessage(`{ "item_id": 12345678901234567890, "file_name": "mine" }`),
	} {
		u := media.Bytes("a.png", png)
		u.Meta = meta
		b, err := u.Build(media.Target{Path: "v3/mch-manage/submission-files/sub-mchid/1/upload"})
		require.NoError(t, err, name)
		assert.Equal(t, `{"file_digest":"`+sum(png)+`","file_name":"mine","item_id":12345678901234567890}`, string(b.Signed), name)
	}
	for name, meta := range map[string]any{"nil": nil, "a nil map": map[string]any(nil), "a backslash": map[string]any{"t": `\ufffd`}, "the sign itself": map[string]any{"t": "\ufffd"}} {
		u := media.Bytes("a.png", png)
		u.Meta = meta
		_, err := u.Build(media.Target{Path: imagePath})
		require.NoError(t, err, name)
	}
}

// TestADigestOfTheCallersNeedsNoHash: one by SM3 may come from elsewhere.
func TestADigestOfTheCallersNeedsNoHash(t *testing.T) {
	u := media.Bytes("a.pdf", []byte("%PDF-1.4"))
	u.Meta = map[string]any{"digest": "00"}
	b, err := u.Build(media.Target{Path: "v3/taxi-invoice/cards/upload-file"})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"digest": "00", "digest_algorithm": "SM3"}, parse(t, b).meta)
}

func TestLimitsOfTheCallers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		limits map[string]int64
		want   string
	}{
		{"lifted", map[string]int64{}, ""},
		{"of text", map[string]int64{"text/plain": 5}, ""},
		{"of text, and smaller", map[string]int64{"text/plain": 4}, "the file has 5 bytes; the endpoint accepts 4"},
		{"of others", map[string]int64{"image/png": 5}, "the file is text/plain; the endpoint accepts image/png"},
	} {
		u := media.Bytes("a.txt", []byte("hello"))
		u.Form.Limits = tc.limits
		_, err := u.Build(media.Target{Path: imagePath})
		if tc.want == "" {
			require.NoError(t, err, tc.name)
		} else {
			require.ErrorContains(t, err, tc.want, tc.name)
		}
	}
}
