package media

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// compose builds the multipart body. Everything except the file is in memory.
func compose(u *Upload, form Form, info fileInfo, meta []byte) (*Body, error) {
	return u.body(form, info, meta, func(w *multipart.Writer) error {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="meta"`}, "Content-Type": {"application/json"},
		})
		if err == nil {
			_, err = part.Write(meta)
		}
		return err
	})
}

// composeForm returns the body of a form: its fields, then the file.
func composeForm(u *Upload, form Form, info fileInfo, signed []byte, fields []Field) (*Body, error) {
	return u.body(form, info, signed, func(w *multipart.Writer) error {
		for _, f := range fields {
			if err := w.WriteField(f.Name, f.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// body returns a body that begins with what write writes, and ends with the file.
func (u *Upload) body(form Form, info fileInfo, signed []byte, write func(*multipart.Writer) error) (*Body, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err := write(w)
	if err == nil {
		_, err = w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quoted(form.FilePart), quoted(u.name))},
			"Content-Type":        {info.mime},
		})
	}
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	head := bytes.Clone(b.Bytes())
	b.Reset()
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	tail := b.Bytes()
	return &Body{
		ContentType: w.FormDataContentType(),
		Size:        int64(len(head)) + info.size + int64(len(tail)),
		Signed:      signed,
		Open: func() (io.ReadCloser, error) {
			file, size, err := u.content.open(0)
			if err != nil {
				return nil, fmt.Errorf("media: %s: %w", u.name, err)
			}
			if size != info.size {
				_ = file.Close()
				return nil, fmt.Errorf("media: %s: it had %d bytes and has %d now", u.name, info.size, size)
			}
			return &stream{io.MultiReader(bytes.NewReader(head), file, bytes.NewReader(tail)), file}, nil
		},
	}, nil
}

// A stream reads the whole body and closes the file in it.
type stream struct {
	io.Reader
	io.Closer
}

// quoted escapes a value for a quoted string in a header, as browsers do.
func quoted(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
