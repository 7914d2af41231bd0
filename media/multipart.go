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
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="meta"`}, "Content-Type": {"application/json"},
	})
	if err == nil {
		_, err = part.Write(meta)
	}
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
		Signed:      meta,
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
