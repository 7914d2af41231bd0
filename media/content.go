package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A content can be read from its start several times.
type content interface {
	// open fails if the content has more bytes than limit and limit is above 0.
	open(limit int64) (r io.ReadCloser, size int64, err error)
}

// fileContent is a file by its path.
type fileContent string

func (path fileContent) open(limit int64) (io.ReadCloser, int64, error) {
	info, err := os.Stat(string(path)) // before os.Open, which would wait for the writer of a pipe
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("it is not a regular file; use media.Reader for other sources")
	}
	file, err := os.Open(string(path))
	if err != nil {
		return nil, 0, err
	}
	info, err = file.Stat()
	if err == nil {
		err = checkSize(info.Size(), limit)
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return &stream{io.LimitReader(file, info.Size()), file}, info.Size(), nil
}

// readerContent is the content of a reader.
type readerContent struct {
	r    io.Reader
	at   io.ReaderAt // r, if it can be read at any offset
	size int64

	once sync.Once
	data []byte // of a reader that can be read once only
	err  error
}

// maxKept limits the memory for a reader that can be read only once.
const maxKept = 64 << 20

func newReaderContent(r io.Reader, size int64) *readerContent {
	return &readerContent{r: r, at: readerAt(r), size: size}
}

func (c *readerContent) open(limit int64) (io.ReadCloser, int64, error) {
	if c.r == nil || c.size < 0 {
		return nil, 0, fmt.Errorf("the reader is nil, or its size %d is negative", c.size)
	}
	if err := checkSize(c.size, limit); err != nil {
		return nil, 0, err
	}
	at := c.at
	if at == nil {
		if c.size > maxKept {
			return nil, 0, fmt.Errorf("a reader that can be read only once is kept in memory, and %d bytes are more than %d; use a file", c.size, maxKept)
		}
		if c.once.Do(c.keep); c.err != nil {
			return nil, 0, c.err
		}
		at = bytes.NewReader(c.data)
	}
	if n, _ := at.ReadAt(make([]byte, 1), c.size); n > 0 {
		return nil, 0, tooLong(c.size)
	}
	return io.NopCloser(io.NewSectionReader(at, 0, c.size)), c.size, nil
}

func (c *readerContent) keep() {
	c.data = make([]byte, c.size)
	n, err := io.ReadFull(c.r, c.data)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		c.err = fmt.Errorf("it has %d bytes; its size argument is %d", n, c.size)
	case err != nil:
		c.err = err
	default:
		if n, _ := io.ReadFull(c.r, make([]byte, 1)); n > 0 {
			c.err = tooLong(c.size)
		}
	}
}

// tooLong is the error of a file that would be truncated.
func tooLong(size int64) error {
	return fmt.Errorf("it has more than the %d bytes of its size argument", size)
}

func checkSize(size, limit int64) error {
	if limit > 0 && size > limit {
		return fmt.Errorf("the file has %d bytes; the endpoint accepts %d", size, limit)
	}
	return nil
}

// readerAt returns r from its start, or nil if r can be read only once.
func readerAt(r io.Reader) io.ReaderAt {
	seeker, isSeeker := r.(io.ReadSeeker)
	if isSeeker {
		if _, err := seeker.Seek(0, io.SeekCurrent); err != nil {
			return nil // a pipe, in spite of its type
		}
	}
	if at, isAt := r.(io.ReaderAt); isAt {
		return at
	}
	if isSeeker {
		return &seekerAt{seeker: seeker}
	}
	return nil
}

// A seekerAt is an io.ReaderAt over an io.Seeker. It is safe for concurrent use: a
// transport may still read the body of one attempt when the next one begins.
type seekerAt struct {
	mu     sync.Mutex
	seeker io.ReadSeeker
}

func (s *seekerAt) ReadAt(p []byte, offset int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.seeker.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.seeker, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
