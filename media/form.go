package media

import (
	"crypto/md5" //nolint:gosec // a digest of APIv2
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
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

// formOf is the form of an endpoint, by the table of endpoints.
func formOf(path string) Form {
	traits, ok := endpoint.LookupBelow(http.MethodPost, path)
	if !ok {
		return defaultForm
	}
	u := traits.Upload
	form := Form{
		FilePart: u.FilePart, NameField: u.NameField, DigestField: u.DigestField,
		AlgorithmField: u.AlgorithmField, Algorithm: u.Algorithm,
	}
	for _, limit := range u.Limits {
		if form.Limits == nil {
			form.Limits = map[string]int64{}
		}
		form.Limits[limit.Type] = limit.Bytes
	}
	return form.withDefaults(defaultForm)
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
	case strings.EqualFold(form.Algorithm, "MD5"):
		return md5.New(), nil //nolint:gosec // as APIv2 documents it
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
