package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// ErrTooLarge means that the body of a reply is larger than the limit.
var ErrTooLarge = errors.New("reply larger than the limit")

// DefaultMaxReply is the default limit for the size of a reply in bytes.
const DefaultMaxReply = 16 << 20

// replyBody is a buffered body of a reply, with the result of [Verify].
type replyBody struct {
	bytes.Reader
	data     []byte
	err      error // of reading the body; returned after the data
	verified bool
}

func (b *replyBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil { //nolint:errorlint // readers return it unwrapped
		err = b.err
	}
	return n, err
}

// WriteTo hides the method of bytes.Reader, which would lose err.
func (b *replyBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

func (*replyBody) Close() error { return nil }

// ReadReply reads the body of resp into a buffer of at most limit bytes (0 means
// [DefaultMaxReply]), and replaces resp.Body by a reader of the buffer. Calling it again
// does not copy. The bytes must not be modified. If reading fails, it returns the data so
// far and the error, and so does the new body.
//
// The error is [ErrTooLarge], [io.ErrUnexpectedEOF] for a truncated body, or that of the
// connection.
func ReadReply(resp *http.Response, limit int64) ([]byte, error) {
	if resp == nil {
		return nil, errors.New("reading the reply: the reply is nil")
	}
	if body, ok := resp.Body.(*replyBody); ok {
		body.Reset(body.data)
		return body.data, body.err
	}
	announced := resp.ContentLength
	if resp.Body == nil || resp.Body == http.NoBody {
		resp.Body, announced = http.NoBody, 0 // the Content-Length of a HEAD reply has no body
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
	resp.Body = body // the data so far, if it is truncated
	return data, err
}

// A Content-Length may be wrong. A reply up to trusted bytes is allocated by it; a longer one gets
// the firstBuffer, and then buffers that are at most growth times what has arrived.
const (
	trusted     = 256 << 10
	firstBuffer = 64 << 10
	growth      = 16
)

func readAll(r io.Reader, announced, limit int64) ([]byte, error) {
	if announced > limit {
		return nil, fmt.Errorf("%w: %d bytes announced, %d allowed", ErrTooLarge, announced, limit)
	}
	if announced < 0 {
		return readParts(r, limit)
	}
	size := announced
	if announced > trusted {
		size = firstBuffer
	}
	data := make([]byte, 0, size+1) // one more byte, to find the end without growing
	for {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return data[:limit], errTooLarge(limit)
		case err == io.EOF && announced > int64(len(data)):
			return data, io.ErrUnexpectedEOF // net/http does this; a custom transport may not
		case err == io.EOF:
			return data, nil
		case err != nil:
			return data, err
		case len(data) == cap(data) && int64(len(data)) > announced: // a custom transport may send more
			rest, err := readParts(r, limit-int64(len(data)))
			if errors.Is(err, ErrTooLarge) {
				err = errTooLarge(limit)
			}
			return append(data, rest...), err
		case len(data) == cap(data):
			larger := make([]byte, len(data), min(announced+1, growth*int64(len(data))))
			copy(larger, data)
			data = larger
		}
	}
}

// readParts reads what has no length into buffers that are half as large as what is there, and
// puts them together: each byte is copied once.
func readParts(r io.Reader, limit int64) (data []byte, err error) {
	const smallest = 512
	var parts [][]byte
	part := make([]byte, 0, smallest)
	total := int64(0)
	for {
		n, err := r.Read(part[len(part):cap(part)])
		part = part[:len(part)+n]
		total += int64(n)
		if total > limit {
			excess := int(total - limit)
			part, err = part[:len(part)-excess], errTooLarge(limit)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			if parts == nil {
				return part, err
			}
			return slices.Concat(append(parts, part)...), err
		}
		if len(part) == cap(part) {
			parts = append(parts, part)
			part = make([]byte, 0, max(smallest, total/2))
		}
	}
}

func errTooLarge(limit int64) error {
	return fmt.Errorf("%w: %d bytes allowed", ErrTooLarge, limit)
}

// Verified reports whether [Verify] accepted the signature of resp. It depends on the Body
// that Verify set, so call it before another middleware wraps the Body.
func Verified(resp *http.Response) bool {
	if resp == nil {
		return false
	}
	body, ok := resp.Body.(*replyBody)
	return ok && body.verified
}
