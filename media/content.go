package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A content is a file that can be read from its start, time and again.
type content interface {
	// open refuses what has more bytes than most, if that is above 0.
	open(most int64) (r io.ReadCloser, size int64, err error)
}

// fileContent is a file by its path.
type fileContent string

func (path fileContent) open(most int64) (io.ReadCloser, int64, error) {
	info, err := os.Stat(string(path)) // first: to open a pipe would wait for its writer
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("it is no regular file; give media.Reader what is read from elsewhere")
	}
	file, err := os.Open(string(path))
	if err != nil {
		return nil, 0, err
	}
	info, err = file.Stat()
	if err == nil {
		err = checkSize(info.Size(), most)
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return &stream{io.LimitReader(file, info.Size()), file}, info.Size(), nil
}

// readerContent is what a reader has.
type readerContent struct {
	r    io.Reader
	at   io.ReaderAt // r, if it can be read anywhere
	size int64

	once sync.Once
	data []byte // of a reader that can be read once only
	err  error
}

// maxKept bounds what is kept of a reader that can be read once only.
const maxKept = 64 << 20

func newReaderContent(r io.Reader, size int64) *readerContent {
	return &readerContent{r: r, at: anywhere(r), size: size}
}

func (c *readerContent) open(most int64) (io.ReadCloser, int64, error) {
	if c.r == nil || c.size < 0 {
		return nil, 0, fmt.Errorf("the reader is nil, or its size %d is negative", c.size)
	}
	if err := checkSize(c.size, most); err != nil {
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
		c.err = fmt.Errorf("it has %d bytes, and %d were announced", n, c.size)
	case err != nil:
		c.err = err
	default:
		if n, _ := io.ReadFull(c.r, make([]byte, 1)); n > 0 {
			c.err = tooLong(c.size)
		}
	}
}

// tooLong tells of a file that would be cut off.
func tooLong(size int64) error {
	return fmt.Errorf("it goes on after the %d bytes that were announced", size)
}

func checkSize(size, most int64) error {
	if most > 0 && size > most {
		return fmt.Errorf("it has %d bytes, and the endpoint takes %d at most", size, most)
	}
	return nil
}

// anywhere is r from its start, if it can be read as often as it takes.
func anywhere(r io.Reader) io.ReaderAt {
	seeker, isSeeker := r.(io.ReadSeeker)
	if isSeeker {
		if _, err := seeker.Seek(0, io.SeekCurrent); err != nil {
			return nil // a pipe, for all that its type promises
		}
	}
	if at, isAt := r.(io.ReaderAt); isAt {
		return at
	}
	if isSeeker {
		return &sought{seeker: seeker}
	}
	return nil
}

// sought reads anywhere in what can only seek, for several at a time: a transport may
// still hold the body of one attempt when the next one begins.
type sought struct {
	mu     sync.Mutex
	seeker io.ReadSeeker
}

func (s *sought) ReadAt(p []byte, offset int64) (int, error) {
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
