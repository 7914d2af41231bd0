package media

import (
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

// A Form says how an endpoint wants a file: the names of parts and fields, and what it
// takes.
type Form struct {
	FilePart       string // of the file: "file", as a rule
	NameField      string // of meta: "filename", as a rule
	DigestField    string // of meta: "sha256", as a rule; lower-case hex
	AlgorithmField string // of meta; for few endpoints
	Algorithm      string // of the digest: SHA256, as a rule
	// Limits are the most bytes by MIME type; other types are refused. An entry "" is for
	// all others. A map without entries lifts the limits that are known.
	Limits map[string]int64
}

// usual is the form of most endpoints, and of those that are not known.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
var usual = Form{FilePart: "file", NameField: "filename", DigestField: "sha256", Algorithm: "SHA256"}

// formOf is the form of an endpoint, by the table of endpoints.
func formOf(path string) Form {
	traits, ok := endpoint.LookupBelow(http.MethodPost, path)
	if !ok {
		return usual
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
	return form.over(usual)
}

// over is f with what is empty in it as in base.
func (f Form) over(base Form) Form {
	for _, field := range []struct{ own, base *string }{
		{&f.FilePart, &base.FilePart}, {&f.NameField, &base.NameField}, {&f.DigestField, &base.DigestField},
		{&f.AlgorithmField, &base.AlgorithmField}, {&f.Algorithm, &base.Algorithm},
	} {
		if *field.own == "" {
			*field.own = *field.base
		}
	}
	if f.Limits == nil {
		f.Limits = base.Limits
	}
	return f
}

// hash is that of the digest.
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
	return nil, fmt.Errorf("the endpoint wants a digest by %s; set Upload.NewHash to one of a library that has it, or give it in Meta as %q", form.Algorithm, form.DigestField)
}

// largest is the most that the form takes of any type, or 0.
func (f Form) largest() int64 { return slices.Max(append(slices.Collect(maps.Values(f.Limits)), 0)) }

// check refuses what the endpoint would, before it is sent.
func (f Form) check(found findings) error {
	if found.size == 0 {
		return errors.New("it is empty")
	}
	kind, _, err := mime.ParseMediaType(found.mime)
	if err != nil || strings.ContainsFunc(found.mime, unicode.IsControl) {
		return fmt.Errorf("Upload.ContentType %q is no MIME type", found.mime)
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
		return fmt.Errorf("it is %s, and the endpoint takes %s; set Upload.ContentType if that is wrong", kind, strings.Join(slices.Sorted(maps.Keys(f.Limits)), ", "))
	case found.size > limit:
		return fmt.Errorf("it has %d bytes, and the endpoint takes %d of %s", found.size, limit, kind)
	}
	return nil
}
