// Package limit bounds the size and the rate of a download.
package limit

import (
	"fmt"
	"io"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A Size bounds the bytes of a download, over all of its parts. It is not safe for
// concurrent use.
type Size struct {
	// Max bounds the bytes of the file, and those received for it. Negative means no limit.
	Max int64
	// Ratio bounds how far the file may expand: to Ratio times the bytes received, or to
	// Free bytes if that is more. 0 means no limit.
	Ratio, Free int64

	received, written int64
}

// Received returns a reader of the bytes as they are received. Its error wraps
// [middleware.ErrTooLarge], and so does that of Written.
func (s *Size) Received(r io.Reader) io.Reader { return &received{r, s} }

// Written returns a reader of the bytes of the file: decrypted and decompressed.
func (s *Size) Written(r io.Reader) io.Reader { return &written{r, s} }

type received struct {
	io.Reader
	size *Size
}

func (r *received) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	s := r.size
	if s.received += int64(n); s.exceeds(s.received) {
		return 0, fmt.Errorf("%w: more than %d bytes received; raise DownloadOptions.MaxSize if the file may be so large", middleware.ErrTooLarge, s.Max)
	}
	return n, err
}

type written struct {
	io.Reader
	size *Size
}

func (w *written) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	s := w.size
	switch s.written += int64(n); {
	case s.exceeds(s.written):
		return 0, fmt.Errorf("%w: the file has more than %d bytes; raise DownloadOptions.MaxSize if it may be so large", middleware.ErrTooLarge, s.Max)
	case s.Ratio > 0 && s.written > s.Free && s.written/s.Ratio > s.received:
		return 0, fmt.Errorf("%w: %d bytes received expand to more than %d; set DownloadOptions.MaxSize if the file may be so large",
			middleware.ErrTooLarge, s.received, s.written-int64(n))
	}
	return n, err
}

func (s *Size) exceeds(n int64) bool { return s.Max >= 0 && n > s.Max }
