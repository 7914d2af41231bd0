// Package media holds request bodies that are not JSON.
package media

import (
	"errors"
	"io"
)

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

// Validate reports what a Body lacks.
func (b *Body) Validate() error {
	switch {
	case b.Open == nil:
		return errors.New("media: Body.Open is nil")
	case b.ContentType == "":
		return errors.New("media: Body.ContentType is empty")
	case b.Size <= 0:
		return errors.New("media: Body.Size must be the number of bytes that Open yields, and above 0")
	}
	return nil
}
