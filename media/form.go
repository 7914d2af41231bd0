package media

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode"
)

// Omit leaves a field out, as its name in a [Form].
const Omit = "-"

// A Form describes the upload form of an endpoint: the names of parts and fields, and the
// files that it accepts.
type Form struct {
	FilePart       string // of the file: "file", as a rule
	NameField      string // of meta: "filename", as a rule
	DigestField    string // of meta: "sha256", as a rule; lower-case hex
	AlgorithmField string // of meta; for few endpoints
	Algorithm      string // of the digest: SHA256, as a rule
	// Limits are the maximum sizes in bytes by MIME type. Other types are refused. The
	// entry "" is for all other types. An empty map that is not nil removes all limits.
	Limits map[string]int64
}

// defaultForm is the form of most endpoints, and of unknown endpoints.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
var defaultForm = Form{FilePart: "file", NameField: "filename", DigestField: "sha256", Algorithm: "SHA256"}

const kb, mb = int64(1) << 10, int64(1) << 20

// images are the MIME types that WeChat Pay accepts as images.
func images(limit int64) map[string]int64 {
	return map[string]int64{"image/jpeg": limit, "image/png": limit, "image/bmp": limit}
}

func imagesAndPDF(limit, pdf int64) map[string]int64 {
	all := images(limit)
	all["application/pdf"] = pdf
	return all
}

var anyType = func(limit int64) map[string]int64 { return map[string]int64{"": limit} }

// forms are the forms that differ from defaultForm, by path. A * matches one segment. Empty
// fields are those of defaultForm.
var forms = []struct {
	path string
	form Form
}{
	{"/v3/merchant/media/upload", Form{Limits: imagesAndPDF(5*mb, 7*mb+512*kb)}},
	{"/v3/merchant/media/video_upload", Form{Limits: anyType(5 * mb)}},
	{"/v3/merchant-service/images/upload", Form{Limits: images(2 * mb)}},
	{"/v3/global/merchant-service/images/upload", Form{Limits: images(2 * mb)}},
	{"/v3/marketing/favor/media/image-upload", Form{Limits: images(2 * mb)}},
	{"/v3/marketing/partner/product-coupon/media/upload-image", Form{Limits: images(2 * mb)}},
	{"/v3/ecommerce/account/cancel-applications/media", Form{NameField: "file_name", DigestField: "file_digest"}},
	{"/v3/mch-manage/submission-files/sub-mchid/*/upload", Form{FilePart: "submission_file", NameField: "file_name", DigestField: "file_digest"}},
	{"/v3/mch-operation-manage/enhanced-due-diligence/*/upload", Form{FilePart: "due_diligence_file", NameField: "file_name", DigestField: "file_digest"}},
	{"/v3/global/merchant-storage/file/upload", Form{DigestField: "digest"}},
	{"/v3/marketing/shopping-receipt/shoppingreceipts", Form{NameField: Omit, Limits: anyType(200 * kb)}},
	{"/v3/taxi-invoice/cards/upload-file", Form{
		NameField: Omit, DigestField: "digest", AlgorithmField: "digest_algorithm", Algorithm: "SM3", Limits: anyType(5 * mb),
	}},
	{"/v3/new-tax-control-fapiao/fapiao-applications/upload-fapiao-file", Form{
		NameField: Omit, DigestField: "digest", AlgorithmField: "digest_alogrithm", Algorithm: "SM3", Limits: anyType(2 * mb), //nolint:misspell // as WeChat Pay spells it
	}},
}

// formOf returns the form of an endpoint. It ignores a path prefix before /v3/.
func formOf(path string) Form {
	if _, below, found := strings.Cut("/"+strings.TrimPrefix(path, "/"), "/v3/"); found {
		path = "/v3/" + below
	}
	for _, f := range forms {
		if matches(path, f.path) {
			return f.form.withDefaults(defaultForm)
		}
	}
	return defaultForm
}

func matches(path, pattern string) bool {
	got, want := strings.Split(path, "/"), strings.Split(pattern, "/")
	return slices.EqualFunc(got, want, func(segment, wanted string) bool {
		return segment == wanted || wanted == "*" && segment != ""
	})
}

// withDefaults returns f with its empty fields taken from base.
func (f Form) withDefaults(base Form) Form {
	for _, field := range []struct{ value, base *string }{
		{&f.FilePart, &base.FilePart}, {&f.NameField, &base.NameField}, {&f.DigestField, &base.DigestField},
		{&f.AlgorithmField, &base.AlgorithmField}, {&f.Algorithm, &base.Algorithm},
	} {
		if *field.value == "" {
			*field.value = *field.base
		}
	}
	if f.Limits == nil {
		f.Limits = base.Limits
	}
	return f
}

// hash returns the hash for the digest.
func (u *Upload) hash(form Form) (hash.Hash, error) {
	switch {
	case u.NewHash != nil:
		if h := u.NewHash(); h != nil {
			return h, nil
		}
		return nil, errors.New("Upload.NewHash returned nil")
	case strings.EqualFold(form.Algorithm, "SHA256"):
		return sha256.New(), nil
	}
	return nil, fmt.Errorf("the endpoint needs a digest by %s; set Upload.NewHash to a hash of a library that has it, or set %q in Upload.Meta", form.Algorithm, form.DigestField)
}

// largest is the largest limit of all types, or 0.
func (f Form) largest() int64 { return slices.Max(append(slices.Collect(maps.Values(f.Limits)), 0)) }

// check refuses what the endpoint would refuse.
func (f Form) check(info fileInfo) error {
	if info.size == 0 {
		return errors.New("the file is empty")
	}
	kind, _, err := mime.ParseMediaType(info.mime)
	if err != nil || strings.ContainsFunc(info.mime, unicode.IsControl) {
		return fmt.Errorf("Upload.ContentType %q is not a MIME type", info.mime)
	}
	if strings.ContainsFunc(f.FilePart, unicode.IsControl) {
		return fmt.Errorf("Form.FilePart %q holds a line break or another control character", f.FilePart)
	}
	if len(f.Limits) == 0 {
		return nil
	}
	limit, known := f.Limits[kind]
	if !known {
		limit, known = f.Limits[""]
	}
	switch {
	case !known:
		return fmt.Errorf("the file is %s; the endpoint accepts %s; set Upload.ContentType if the type is wrong", kind, strings.Join(slices.Sorted(maps.Keys(f.Limits)), ", "))
	case info.size > limit:
		return fmt.Errorf("the file has %d bytes; the endpoint accepts %d of %s", info.size, limit, kind)
	}
	return nil
}
