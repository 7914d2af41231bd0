package media

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
)

// An Upload is a file for a multipart body. The form of the body differs by endpoint: a
// table has the documented endpoints, and all others get the default form. The fields of
// an Upload override the table. Most uploads need none of them.
//
// An Upload must not be changed while in use. It may be used again, and by several calls
// at the same time.
type Upload struct {
	// Meta are the fields of the meta part that do not describe the file, such as
	// bank_type: a map, a struct, or another value that marshals to a JSON object. It may
	// also set the fields of the file's name and digest.
	Meta any

	// Form overrides the table of documented endpoints. Its empty fields are those of the
	// table.
	Form Form

	// NewHash returns the hash for the digest; default SHA-256. An endpoint that needs SM3
	// needs a hash of a library that has it, or the digest in Meta.
	NewHash func() hash.Hash

	// ContentType is the file's MIME type. Default: detected from the content, then from the
	// name.
	ContentType string

	name    string
	content content
}

// File returns an Upload of the named file.
func File(path string) *Upload {
	return &Upload{name: filepath.Base(path), content: fileContent(path)}
}

// Bytes returns an Upload of data with that file name. data must not be changed.
func Bytes(name string, data []byte) *Upload {
	return &Upload{name: name, content: newReaderContent(bytes.NewReader(data), int64(len(data)))}
}

// Reader returns an Upload of r with that file name. r must have exactly size bytes. An
// [io.ReaderAt], such as an [os.File], or an [io.Seeker] is read from its start, as often
// as needed. A Seeker must not be used elsewhere at the same time. Any other reader is
// read once and kept in memory, up to the limit of the endpoint, or 64 MB if the limit is
// unknown. r is not closed.
func Reader(name string, r io.Reader, size int64) *Upload {
	return &Upload{name: name, content: newReaderContent(r, size)}
}

// String returns the name of the file.
func (u *Upload) String() string {
	if u == nil {
		return "no upload"
	}
	return u.name
}

// Build reads the file once for its digest, size and type, and returns the body for the
// target: the meta part, then the file. The file is read again for each attempt to send
// the body. An attempt fails if the size of the file has changed.
//
// Errors: the file cannot be opened, is empty, too large or of a type that the endpoint
// does not accept; the name or Meta cannot be sent, or Meta is a struct of another
// endpoint; the hash is missing.
func (u *Upload) Build(t Target) (*Body, error) {
	if u == nil || u.content == nil {
		return nil, errors.New("media: the Upload is nil or empty; make it with File, Bytes or Reader")
	}
	if err := checkName(u.name); err != nil {
		return nil, err
	}
	form := u.Form.withDefaults(formOf(t.Path))
	if err := endpoint.CheckShape(u.Meta, t.Method, t.Path); err != nil {
		return nil, fmt.Errorf("media: %s: Upload.Meta: %w", u.name, err)
	}
	meta, err := newMeta(u.Meta)
	if err != nil {
		return nil, fmt.Errorf("media: %s: Upload.Meta %w", u.name, err)
	}
	info, err := u.inspect(form, meta.lacks(form.DigestField))
	if err == nil {
		err = form.check(info)
	}
	if err != nil {
		return nil, fmt.Errorf("media: %s: %w", u.name, err)
	}
	signed, err := meta.encode(u.name, form, info)
	if err != nil {
		return nil, fmt.Errorf("media: %s: the meta part: %w", u.name, err)
	}
	if t.Encrypt != nil {
		if signed, err = t.Encrypt(signed); err != nil {
			return nil, err
		}
	}
	if t.Fields == nil {
		return compose(u, form, info, signed)
	}
	fields, err := t.Fields(signed)
	if err != nil {
		return nil, err
	}
	return composeForm(u, form, info, signed, fields)
}

// fileInfo describes a file after one pass over it.
type fileInfo struct {
	size   int64
	digest string
	mime   string
}

func (u *Upload) inspect(form Form, digest bool) (fileInfo, error) {
	sum := hash.Hash(nil)
	into := io.Discard
	if digest {
		var err error
		if sum, err = u.hash(form); err != nil {
			return fileInfo{}, err
		}
		into = sum
	}
	r, size, err := u.content.open(form.largest())
	if err != nil {
		return fileInfo{}, err
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 512) // as much as http.DetectContentType looks at
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF { //nolint:errorlint // ReadFull returns them bare
		return fileInfo{}, err
	}
	_, _ = into.Write(head[:n]) // neither returns an error
	rest, err := io.Copy(into, r)
	if err == nil && int64(n)+rest != size {
		err = fmt.Errorf("it has %d bytes; its size argument is %d", int64(n)+rest, size)
	}
	info := fileInfo{size: size, mime: u.mime(head[:n])}
	if sum != nil {
		info.digest = hex.EncodeToString(sum.Sum(nil))
	}
	return info, err
}

// mime detects the type from the content, or from the name if the content is ambiguous.
func (u *Upload) mime(head []byte) string {
	if u.ContentType != "" {
		return u.ContentType
	}
	found := http.DetectContentType(head)
	if byName := mime.TypeByExtension(strings.ToLower(path.Ext(u.name))); byName != "" &&
		(found == "application/octet-stream" || strings.HasPrefix(found, "text/plain")) {
		return byName
	}
	return found
}

// checkName refuses a name that a header cannot contain.
func checkName(name string) error {
	switch {
	case name == "" || name == "." || name == string(filepath.Separator):
		return errors.New("media: the file has no name")
	case !utf8.ValidString(name):
		return errors.New("media: the file's name is not UTF-8")
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("media: the file's name %q holds a line break or another control character", name)
	}
	return nil
}
