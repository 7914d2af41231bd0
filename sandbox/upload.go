package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// digestFields are the fields of meta that may hold the SHA-256 of the file.
var digestFields = []string{"sha256", "file_digest", "digest"}

// upload answers an upload without a handler. The meta part must come first, then a file
// with the digest in meta. A digest by SM3 is not checked.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
func (g *Gateway) upload(r *Request) *Reply {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	parts := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"])
	meta, err := nextPart(parts, "meta")
	if err != nil || !json.Valid(meta) {
		return paramError("meta", "body", "第一部分应为 JSON 格式的 meta")
	}
	name := filePart(r.URL.Path)
	file, err := nextPart(parts, name)
	if err != nil || len(file) == 0 {
		return paramError(name, "body", "缺少文件")
	}
	sum, bySM3 := sha256.Sum256(file), algorithm(meta) == "SM3"
	for _, field := range digestFields {
		digest := gjson.GetBytes(meta, field).String()
		switch {
		case digest == "":
			continue
		case !bySM3 && digest != hex.EncodeToString(sum[:]):
			return paramError(field, "body", "文件摘要不一致")
		}
		return g.uploaded(r.URL.Path)
	}
	return paramError("sha256", "body", "meta 中缺少文件摘要")
}

// algorithm returns the digest algorithm in meta; one field has WeChat Pay's misspelling.
func algorithm(meta []byte) string {
	return gjson.GetBytes(meta, "digest_algorithm").String() + gjson.GetBytes(meta, "digest_alogrithm").String() //nolint:misspell // see above
}

// filePart returns the name of the file part.
func filePart(path string) string {
	switch {
	case strings.Contains(path, "/submission-files/"):
		return "submission_file"
	case strings.Contains(path, "/enhanced-due-diligence/"):
		return "due_diligence_file"
	}
	return "file"
}

func nextPart(parts *multipart.Reader, wanted string) ([]byte, error) {
	part, err := parts.NextRawPart()
	if err != nil {
		return nil, err
	}
	if name := part.FormName(); name != wanted {
		return nil, fmt.Errorf("part %q instead of %q", name, wanted)
	}
	return io.ReadAll(part)
}

// uploaded returns the id of the file under the field name of the endpoint.
func (g *Gateway) uploaded(path string) *Reply {
	id := "sandbox-" + signer.Nonce()
	name := "media_id"
	switch {
	case strings.HasPrefix(path, "/brand/"):
		name, id = "image_url", imageHost+id
		g.coupons.AddImage(id)
	case strings.HasSuffix(path, "/image-upload") || strings.HasSuffix(path, "/upload-image"):
		name, id = "media_url", imageHost+id
	case strings.Contains(path, "/merchant-storage/") || strings.Contains(path, "/submission-files/") || strings.Contains(path, "/enhanced-due-diligence/"):
		name = "file_id"
	case strings.Contains(path, "invoice") || strings.Contains(path, "fapiao"):
		name = "fapiao_media_id"
	}
	return JSON(http.StatusOK, map[string]any{name: id})
}

// imageHost begins the URLs of images.
const imageHost = "https://wxpaylogo.qpic.cn/"
