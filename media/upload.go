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
)

// An Upload is a file on its way into a multipart body. What the body looks like
// differs by endpoint: a table knows those that are documented, and takes all others
// for the usual form. Its fields overrule the table; most uploads need none of them.
//
// An Upload must not be changed while in use. It may be used again, and by several
// calls at once.
type Upload struct {
	// Meta are the fields of the meta part besides those that tell of the file: item_id,
	// bank_type and so on, in a map, a struct or whatever else is marshalled as an object.
	// A field for the file's name or digest that stands here wins.
	Meta any

	// Form says how the file is told of, where the table is not to; what is empty in it is
	// left to the table.
	Form Form

	// NewHash makes the hash of the digest; default SHA-256. An endpoint that wants SM3
	// needs one of a library that has it, or the digest in Meta.
	NewHash func() hash.Hash

	// ContentType is the file's MIME type; default: by its content, then by its name.
	ContentType string

	name    string
	content content
}

// File uploads the named file.
func File(path string) *Upload {
	return &Upload{name: filepath.Base(path), content: fileContent(path)}
}

// Bytes uploads what is in memory, under that file name. data must not be changed.
func Bytes(name string, data []byte) *Upload {
	return &Upload{name: name, content: newReaderContent(bytes.NewReader(data), int64(len(data)))}
}

// Reader uploads what r has, under that file name: size bytes, no less and no more. An
// [io.ReaderAt], such as an [os.File], or another [io.Seeker] is read from its start, in
// place and as often as needed; a Seeker must not be used elsewhere meanwhile. Any other
// reader is read once, and kept in memory: up to what the endpoint takes, or 64 MB where
// that is not known. Nothing is closed.
func Reader(name string, r io.Reader, size int64) *Upload {
	return &Upload{name: name, content: newReaderContent(r, size)}
}

// String names the file.
func (u *Upload) String() string {
	if u == nil {
		return "no upload"
	}
	return u.name
}

// Build reads the file once, for its digest, size and type, and makes the body that the
// target wants: the meta part first, then the file, which is read again each time that
// the body is opened. A file that has another size by then fails that attempt.
//
// Errors: a file that cannot be opened or is empty, too large or of a type that the
// endpoint does not take; a name or Meta that cannot be sent; a hash that is not had.
func (u *Upload) Build(t Target) (*Body, error) {
	if u == nil || u.content == nil {
		return nil, errors.New("media: the Upload is nil or empty; make it with File, Bytes or Reader")
	}
	if err := checkName(u.name); err != nil {
		return nil, err
	}
	form := u.Form.over(formOf(t.Path))
	meta, err := newMeta(u.Meta)
	if err != nil {
		return nil, fmt.Errorf("media: %s: Upload.Meta: %w", u.name, err)
	}
	found, err := u.inspect(form, meta.lacks(form.DigestField))
	if err == nil {
		err = form.check(found)
	}
	if err != nil {
		return nil, fmt.Errorf("media: %s: %w", u.name, err)
	}
	signed, err := meta.tell(u.name, form, found)
	if err != nil {
		return nil, fmt.Errorf("media: %s: the meta part: %w", u.name, err)
	}
	if t.Seal != nil {
		if signed, err = t.Seal(signed); err != nil {
			return nil, err
		}
	}
	return compose(u, form, found, signed)
}

// findings are what one pass over a file tells.
type findings struct {
	size   int64
	digest string
	mime   string
}

func (u *Upload) inspect(form Form, digest bool) (findings, error) {
	sum := hash.Hash(nil)
	into := io.Discard
	if digest {
		var err error
		if sum, err = u.hash(form); err != nil {
			return findings{}, err
		}
		into = sum
	}
	r, size, err := u.content.open(form.largest())
	if err != nil {
		return findings{}, err
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 512) // as much as http.DetectContentType looks at
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF { //nolint:errorlint // ReadFull returns them bare
		return findings{}, err
	}
	_, _ = into.Write(head[:n]) // neither fails
	rest, err := io.Copy(into, r)
	if err == nil && int64(n)+rest != size {
		err = fmt.Errorf("it has %d bytes, and %d were announced", int64(n)+rest, size)
	}
	found := findings{size: size, mime: u.mime(head[:n])}
	if sum != nil {
		found.digest = hex.EncodeToString(sum.Sum(nil))
	}
	return found, err
}

// mime is the type by the content, or by the name where that says nothing.
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

// checkName refuses what a header cannot hold.
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
