// Package wire reads the requests of APIv2 and writes its replies: XML, signed by a digest of
// what it holds. It knows what is documented of an endpoint, and nothing of what it means.
package wire

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the digest of an upload in APIv2
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/flatxml"
	"github.com/wechatpay-chain/wechatpay/openapi/catalogue"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Request is a call of an endpoint of APIv2.
type Request struct {
	Endpoint catalogue.Endpoint
	Params   []signer.Param // of the XML, of the query of a GET, or of the form of an upload
	Digest   signer.Digest  // of the request, and of the reply
	File     []byte         // of an upload

	query []signer.Param // of a POST, which no signature covers
}

// A Fault says why a request is not taken up. The reply has no more than return_code FAIL.
type Fault struct { //nolint:errname // as play.Refusal
	Message string // what the caller gets
	Reason  string // what the log gets
	Forged  bool   // the sign is wrong
}

// Error returns the reason.
func (f *Fault) Error() string { return f.Message + ": " + f.Reason }

// Read reads a request; its sign is not verified yet. The error is a [*Fault].
func Read(e catalogue.Endpoint, r *http.Request, body []byte) (*Request, error) {
	if r.Method != e.Method {
		return nil, &Fault{Message: "请使用" + strings.ToLower(e.Method) + "方法", Reason: "the method is " + r.Method}
	}
	q := &Request{Endpoint: e, Digest: signer.MD5}
	query, err := apiv2.QueryParams(r.URL.RawQuery)
	switch {
	case err != nil:
	case e.Method == http.MethodGet:
		q.Params = query
	case e.Features.Multipart != nil:
		q.query = query
		err = q.readForm(r.Header.Get("Content-Type"), body)
	default:
		q.query = query
		q.Params, err = readXML(body)
	}
	if err != nil {
		return nil, &Fault{Message: "XML格式错误", Reason: err.Error()}
	}
	return q, nil
}

func readXML(body []byte) ([]signer.Param, error) {
	message, err := apiv2.Parse(body)
	if err != nil {
		return nil, err
	}
	params, err := message.Params()
	for _, p := range params {
		if !flatxml.IsClean(strings.ReplaceAll(p.Value, "\r", "")) {
			return nil, fmt.Errorf("element %.40q has a control character, which XML does not allow", p.Name)
		}
	}
	return params, err
}

// readForm reads an upload: one part is the file, and the others are what is signed.
func (r *Request) readForm(contentType string, body []byte) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return errors.New("the body of an upload is multipart/form-data")
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the parts of the upload: %w", err)
		}
		data, err := io.ReadAll(part)
		switch name := part.FormName(); {
		case err != nil:
			return fmt.Errorf("the parts of the upload: %w", err)
		case part.FileName() != "":
			r.File = data
		case apiv2.Index(r.Params, name) >= 0:
			return fmt.Errorf("the part %.40q stands there twice", name)
		default:
			r.Params = append(r.Params, signer.Param{Name: name, Value: string(data)})
		}
	}
}

// Get returns the value of a parameter, or "".
func (r *Request) Get(name string) string { return flatxml.Clean(apiv2.Get(r.Params, name)) }

// has reports whether a parameter is documented.
func (r *Request) has(name string) bool {
	return named(r.Endpoint.XML, name) || named(r.Endpoint.Query, name) || named(r.Endpoint.Body, name)
}

func named(fields catalogue.Fields, name string) bool {
	return slices.ContainsFunc(fields, func(f catalogue.Field) bool { return f.Name == name })
}

// Authenticate checks whose request it is: the merchant's, signed with one of its keys. other
// is a key that clients take by mistake. The error is a [*Fault].
func (r *Request) Authenticate(mchID, key, other string) error {
	name := "mch_id"
	for _, n := range []string{"combine_mch_id", "mchid"} {
		if r.has(n) && !r.has(name) {
			name = n
		}
	}
	switch given := r.Get(name); {
	case given == "" && len(r.Endpoint.XML)+len(r.Endpoint.Query)+len(r.Endpoint.Body) == 0: // nothing of it is documented
	case given == "" || len(given) > 32 || strings.Trim(given, "0123456789") != "":
		return &Fault{Message: name + "参数格式错误", Reason: fmt.Sprintf("%s is %.40q", name, given)}
	case given != mchID:
		return &Fault{Message: "商户号" + name + "与签名的商户号不一致", Reason: fmt.Sprintf("%s is %s, and the merchant is %s", name, given, mchID), Forged: true}
	}
	if err := r.setDigest(); err != nil {
		return &Fault{Message: "签名类型错误", Reason: err.Error()}
	}
	sign := r.Get("sign")
	if sign == "" && r.Endpoint.Kind == "redirect-url" && !r.has("sign") {
		return nil
	}
	if r.signedWith(sign, key) {
		return nil
	}
	return &Fault{Message: "签名错误", Reason: r.explain(sign, key, other), Forged: true}
}

// setDigest sets the digest that sign_type names; without one it is MD5, unless the
// documentation knows none but the other.
func (r *Request) setDigest() error {
	if given := signer.Digest(r.Get("sign_type")); given != "" {
		r.Digest = given
		return given.Check()
	}
	if r.Endpoint.Features.SignType != string(signer.HMACSHA256) {
		return nil
	}
	for _, f := range slices.Concat(r.Endpoint.XML, r.Endpoint.Query) {
		if f.Name == "sign_type" && slices.Contains(f.Enum, string(signer.MD5)) {
			return nil
		}
	}
	r.Digest = signer.HMACSHA256
	return nil
}

// signedWith compares in constant time, with the values as they are written and as other
// readers of XML see them.
func (r *Request) signedWith(sign, key string) bool {
	clean := slices.Clone(r.Params)
	for i := range clean {
		clean[i].Value = flatxml.Clean(clean[i].Value)
	}
	return equal(r.Digest.Sign(r.Params, key), sign) || equal(r.Digest.Sign(clean, key), sign)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// MediaHash is the media_hash of the file of an upload.
func (r *Request) MediaHash() string {
	sum := md5.Sum(r.File) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}
