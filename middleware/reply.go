package middleware

import (
	"bytes"
	"context"
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
	verified bool
}

func (*replyBody) Close() error { return nil }

// ReadReply reads the body of resp once, into one buffer of at most limit bytes
// (0 means [DefaultMaxReply]), and leaves a fresh reader over the same bytes in
// resp.Body. A body that was read before is not copied again. The bytes must not
// be changed.
//
// Errors: [ErrTooLarge], [io.ErrUnexpectedEOF] for a truncated body, or that of
// the connection.
func ReadReply(resp *http.Response, limit int64) ([]byte, error) {
	if body, ok := resp.Body.(*replyBody); ok {
		body.Reset(body.data)
		return body.data, nil
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
	body := &replyBody{data: data}
	body.Reset(data)
	resp.Body = body // what has come, though it may be cut off
	if err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	return data, nil
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

// VerifiedBytes reports whether [Verify] found, in the call that ctx belongs to,
// a good signature over exactly data. It holds whatever the middleware outside of
// Verify did to the Body, and tells if they changed it.
func VerifiedBytes(ctx context.Context, data []byte) bool {
	c := stateOf(ctx)
	if c == nil {
		return false
	}
	body := c.verified.Load()
	return body != nil && bytes.Equal(body.data, data)
}
