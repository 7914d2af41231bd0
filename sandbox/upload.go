package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/sample"
)

// digestFields are the fields of meta that may hold the digest of the file.
var digestFields = []string{"sha256", "file_digest", "digest"}

// checkUpload checks the file of an upload, whose digest is in meta. A digest by SM3 is not
// checked. The documentation puts meta first, but WeChat Pay's own SDK
// wechatpay-apache-httpclient sends the file first.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
func (g *Gateway) checkUpload(e catalogue.Endpoint, meta play.Object, r *Request) *play.Refusal {
	name := filePart(e)
	file, err := partOf(r.Request, r.Body, name)
	if err != nil {
		return play.WrongField("body", name, "缺少文件 "+name)
	}
	if r.file = file; len(file) == 0 {
		return play.WrongField("body", name, "缺少文件")
	}
	if meta.Text("digest_algorithm") == "SM3" || meta.Text("digest_alogrithm") == "SM3" { //nolint:misspell // as WeChat Pay writes it
		return nil
	}
	sum := sha256.Sum256(r.file)
	for _, field := range digestFields {
		digest := meta.Text(field)
		switch {
		case digest == "":
			continue
		case !strings.EqualFold(digest, hex.EncodeToString(sum[:])):
			return play.WrongField("body", field, "文件摘要不一致")
		}
		return nil
	}
	return play.WrongField("body", "sha256", "meta 中缺少文件摘要")
}

// partOf returns the content of the part of a multipart body that has a name.
func partOf(r *http.Request, body []byte, name string) ([]byte, error) {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, fmt.Errorf("multipart body without a part named %s: %w", name, err)
		}
		if part.FormName() == name {
			return io.ReadAll(part)
		}
	}
}

// filePart returns the name of the file part.
func filePart(e catalogue.Endpoint) string {
	for _, part := range e.Body {
		if part.Name != "meta" {
			return part.Name
		}
	}
	return "file"
}

// keepUpload makes a file known to the part that asks for it later.
func (g *Gateway) keepUpload(e catalogue.Endpoint, r *Request, reply play.Object) {
	switch {
	case strings.HasPrefix(e.Path, "/brand/"):
		g.parts.coupon.AddImage(reply.Text("image_url"))
	case strings.HasPrefix(e.Path, "/v3/merchant-service/"):
		g.parts.complaint.AddImage(reply.Text("media_id"), r.file)
	}
}

// downloaded returns the file of a GET that answers one.
func (g *Gateway) downloaded(e catalogue.Endpoint, r *Request) []byte {
	if data, ok := g.parts.complaint.Image(r.Vars["media_id"]); ok && strings.HasPrefix(e.Path, "/v3/merchant-service/") {
		return data
	}
	token := rawToken(r)
	if data, ok := g.parts.transfer.File(token); ok {
		return data
	}
	return sample.File(token)
}
