package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// ErrTooLarge says that a reply's body is larger than the limit for replies.
var ErrTooLarge = errors.New("reply larger than the limit")

// DefaultMaxReply is the limit for replies held in memory, in bytes, where none is set.
const DefaultMaxReply = 16 << 20

// replyBody is a reply's body once it has been read: rewound, and marked with
// what [Verify] found.
type replyBody struct {
	bytes.Reader
	data     []byte
	err      error // what ended it before its end; stands at the end of the data
	verified bool
}

func (b *replyBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil { //nolint:errorlint // a reader returns it bare
		err = b.err
	}
	return n, err
}

// WriteTo hides that of bytes.Reader, which knows no error.
func (b *replyBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

func (*replyBody) Close() error { return nil }

// ReadReply reads the body of resp once, into one buffer of at most limit bytes
// (0 means [DefaultMaxReply]), and leaves a fresh reader over the same bytes in
// resp.Body. A body that was read before is not copied again. The bytes must not
// be changed. Of a body that could not be read to its end, what came is returned
// with the error, now and whenever it is read again.
//
// Errors: [ErrTooLarge], [io.ErrUnexpectedEOF] for a truncated body, or that of
// the connection.
func ReadReply(resp *http.Response, limit int64) ([]byte, error) {
	if body, ok := resp.Body.(*replyBody); ok {
		body.Reset(body.data)
		return body.data, body.err
	}
	announced := resp.ContentLength
	if resp.Body == nil || resp.Body == http.NoBody {
		resp.Body, announced = http.NoBody, 0 // a reply to HEAD announces what it does not bring
	}
	if limit <= 0 {
		limit = DefaultMaxReply
	}
	data, err := readAll(resp.Body, announced, limit)
	if closing := resp.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		err = fmt.Errorf("reading the reply: %w", err)
	}
	body := &replyBody{data: data, err: err}
	body.Reset(data)
	resp.Body = body // what has come, though it may be cut off
	return data, err
}

// firstBuffer bounds what is allocated on a Content-Length's word alone.
const firstBuffer = 64 << 10

func readAll(r io.Reader, announced, limit int64) ([]byte, error) {
	if announced > limit {
		return nil, fmt.Errorf("%w: %d bytes announced, %d allowed", ErrTooLarge, announced, limit)
	}
	size := int64(512)
	if announced >= 0 {
		size = min(announced, firstBuffer) + 1 // one more, to see the end without growing
	}
	data := make([]byte, 0, size)
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > limit {
			return data[:limit], fmt.Errorf("%w: %d bytes allowed", ErrTooLarge, limit)
		}
		if err == io.EOF && announced > int64(len(data)) {
			return data, io.ErrUnexpectedEOF // net/http sees to it; another transport may not
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

// Verified reports whether [Verify] found the signature of resp good. It asks the
// Body that Verify left, so it is to be asked before another middleware wraps it.
func Verified(resp *http.Response) bool {
	body, ok := resp.Body.(*replyBody)
	return ok && body.verified
}
