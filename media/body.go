// Package media builds request bodies with files, and reads and saves downloaded files.
//
//	resp, err := c.Chain("v3/merchant/media/upload").Post(ctx, &wechatpay.Options{
//		Body: media.File("licence.png"),
//	})
//
// # What it has
//
//   - [File], [Bytes] and [Reader] return an [Upload]. It becomes the multipart body that
//     the endpoint documents.
//   - [Checksum] verifies a download, and [Save] writes it to a file atomically.
//   - [ReadBill] reads a bill row by row.
//
// # Contracts
//
//   - A file is never read into memory as a whole, except by [Bytes] and by a [Reader]
//     that can be read only once.
//   - No error contains a value of a bill's row.
package media

import (
	"errors"
	"io"
)

// A Builder builds the body of a request to an endpoint. It is an [Upload] or a [Body].
type Builder interface {
	// Build is called once for each call, before anything is sent.
	Build(Target) (*Body, error)
}

// A Target is the endpoint of a body.
type Target struct {
	Method string
	Path   string // template or expanded path, without host and query
	// Encrypt encrypts the sensitive fields of the meta part's JSON. It may be nil.
	Encrypt func(meta []byte) ([]byte, error)
	// Fields returns the fields of a form in place of a meta part, as APIv2 takes them: those of
	// the meta part's JSON, and what signs them. It is nil for API v3.
	Fields func(meta []byte) ([]Field, error)
}

// A Field is a field of a form.
type Field struct{ Name, Value string }

// A Body is a request body of any content type, such as the multipart body of an
// upload. It must not be changed while in use; a Body whose Open is safe for
// concurrent use may serve several calls.
type Body struct {
	// ContentType of the whole body, with the boundary of a multipart body.
	ContentType string
	// Size of the whole body in bytes. Open must return exactly that many.
	Size int64
	// Signed is the part that the signature covers. For an upload it is the JSON of the
	// meta part, with the same bytes as in the body.
	//
	// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
	Signed []byte
	// Open returns the body from its start. It is called for every attempt to send it.
	Open func() (io.ReadCloser, error)
}

// Build returns the Body itself, if it is complete. Its fields cannot be encrypted.
func (b *Body) Build(t Target) (*Body, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	if t.Encrypt != nil {
		return nil, errors.New("media: the fields of a Body cannot be encrypted; use an Upload, with its Meta")
	}
	return b, nil
}

// Validate reports a missing field of the Body.
func (b *Body) Validate() error {
	switch {
	case b == nil:
		return errors.New("media: the Body is nil")
	case b.Open == nil:
		return errors.New("media: Body.Open is nil")
	case b.ContentType == "":
		return errors.New("media: Body.ContentType is empty")
	case b.Size <= 0:
		return errors.New("media: Body.Size must be above 0: the number of bytes that Open returns")
	}
	return nil
}
