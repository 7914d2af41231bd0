package sandbox_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUploads(t *testing.T) {
	t.Parallel()
	const sum = "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc" // of 0, 1, 2
	for _, tc := range []struct {
		name             string
		path, meta, part string
		file             []byte
		status           int
		want             string
	}{
		{"an image", "/v3/merchant/media/upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "file", []byte{0, 1, 2}, 200, "media_id"},
		{"a marketing image", "/v3/marketing/favor/media/image-upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "file", []byte{0, 1, 2}, 200, "media_url"},
		{"under another part name", "/v3/mch-manage/submission-files/sub-mchid/1900000108/upload", `{"file_name":"a.png","item_id":1,"sub_mchid":"1900000108","file_digest":"` + sum + `"}`, "submission_file", []byte{0, 1, 2}, 200, "file_id"},
		{"by SM3", "/v3/taxi-invoice/cards/upload-file", `{"company_mchid":"1900000108","region_id":1,"digest":"00","digest_algorithm":"SM3"}`, "file", []byte{0, 1, 2}, 200, "fapiao_media_id"},
		{"another file", "/v3/merchant/media/upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "file", []byte{0, 1, 3}, 400, "文件摘要不一致"},
		{"no digest", "/v3/merchant/media/upload", `{}`, "file", []byte{0, 1, 2}, 400, "缺少必填字段"},
		{"no file", "/v3/merchant/media/upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "other", []byte{0, 1, 2}, 400, "缺少文件"},
		{"another part's name", "/v3/mch-manage/submission-files/sub-mchid/1900000108/upload", `{"file_name":"a.png","item_id":1,"sub_mchid":"1900000108","file_digest":"` + sum + `"}`, "file", []byte{0, 1, 2}, 400, "submission_file"},
		{"due diligence", "/v3/mch-operation-manage/enhanced-due-diligence/1/upload", `{"file_name":"a.png","item_id":1,"sub_mchid":"1900000108","file_digest":"` + sum + `"}`, "due_diligence_file", []byte{0, 1, 2}, 200, "file_id"},
		{"SM3 by its name alone", "/v3/merchant/media/upload", `{"filename":"SM3","sha256":"00"}`, "file", []byte{0, 1, 2}, 400, "文件摘要不一致"},
		{"an empty file", "/v3/merchant/media/upload", `{"filename":"a.png","sha256":"` + sum + `"}`, "file", nil, 400, "缺少文件"},
		{"meta that is no JSON", "/v3/merchant/media/upload", `{`, "file", []byte{0, 1, 2}, 400, "JSON"},
		{"meta that is nested 15 million times", "/v3/merchant/media/upload", strings.Repeat("[", 15<<20), "file", []byte{0, 1, 2}, 400, "JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, gateway())
			m.signedAs = func(method, target, _ string) (string, string, string) { return method, target, tc.meta }
			for _, order := range [][]string{{"meta", tc.part}, {tc.part, "meta"}} {
				var body bytes.Buffer
				w := multipart.NewWriter(&body)
				for _, name := range order {
					if name == "meta" {
						require.NoError(t, w.WriteField("meta", tc.meta))
						continue
					}
					part, err := w.CreateFormFile(name, "a.png")
					require.NoError(t, err)
					_, err = part.Write(tc.file)
					require.NoError(t, err)
				}
				require.NoError(t, w.Close())
				m.header.Set("Content-Type", w.FormDataContentType())
				resp, reply := m.call("POST", tc.path, body.String())
				assert.Equal(t, tc.status, resp.StatusCode, reply)
				assert.Contains(t, reply, tc.want, order)
			}
		})
	}
}

func TestUploadWithoutMetaIsNotSigned(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	m.header.Set("Content-Type", "multipart/form-data; boundary=x")
	resp, _ := m.call("POST", "/v3/merchant/media/upload", "no parts")
	assert.Equal(t, 401, resp.StatusCode, "the meta part alone is signed")
}
