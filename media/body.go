// Package media holds what is not JSON: request bodies with a file in them, and files
// that are downloaded.
//
// [File], [Bytes] and [Reader] make an [Upload], which becomes the multipart body that
// the endpoint wants; [Save] and [Checksum] see to it that a download is whole.
package media

import (
	"errors"
	"io"
)

// A Source makes the body of a request to an endpoint: an [Upload], or a [Body] that is
// made already.
type Source interface {
	// Build is called once for each call, before anything is sent.
	Build(Target) (*Body, error)
}

// A Target is the endpoint that a body is for.
type Target struct {
	Method string
	Path   string // as the caller wrote it, placeholders filled or not, without host and query
	// Seal, if it is not nil, encrypts the sensitive fields of the meta part's JSON.
	Seal func(meta []byte) ([]byte, error)
}

// A Body is a request body of any content type, such as the multipart body of an
// upload. It must not be changed while in use; a Body whose Open is safe for
// concurrent use may serve several calls.
type Body struct {
	// ContentType of the whole, with the boundary of a multipart one.
	ContentType string
	// Size of the whole in bytes. Open must yield exactly as many.
	Size int64
	// Signed is what the signature covers: for an upload the JSON of the meta
	// part, byte for byte as it stands in the body.
	//
	// https://pay.weixin.qq.com/doc/v3/merchant/4012365870
	Signed []byte
	// Open yields the body from its start, each time that it is called: once for
	// every attempt to send it.
	Open func() (io.ReadCloser, error)
}

// Build gives the Body itself, if it is complete. It has no fields to encrypt.
func (b *Body) Build(t Target) (*Body, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	if t.Seal != nil {
		return nil, errors.New("media: the fields of a Body cannot be encrypted; use an Upload, with its Meta")
	}
	return b, nil
}

// Validate reports what a Body lacks.
func (b *Body) Validate() error {
	switch {
	case b == nil:
		return errors.New("media: the Body is nil")
	case b.Open == nil:
		return errors.New("media: Body.Open is nil")
	case b.ContentType == "":
		return errors.New("media: Body.ContentType is empty")
	case b.Size <= 0:
		return errors.New("media: Body.Size must be the number of bytes that Open yields, and above 0")
	}
	return nil
}
