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
	open() (r io.ReadCloser, size int64, err error)
}

// fileContent is a file by its path.
type fileContent string

func (path fileContent) open() (io.ReadCloser, int64, error) {
	file, err := os.Open(string(path))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// readerContent is what a reader has.
type readerContent struct {
	r    io.Reader
	size int64

	once sync.Once
	data []byte // of a reader that can be read once only
	err  error
}

// maxKept bounds what is kept of a reader that can be read once only.
const maxKept = 64 << 20

func (c *readerContent) open() (io.ReadCloser, int64, error) {
	if c.r == nil || c.size < 0 {
		return nil, 0, fmt.Errorf("the reader is nil, or its size %d is negative", c.size)
	}
	switch r := c.r.(type) {
	case io.ReaderAt:
		return io.NopCloser(io.NewSectionReader(r, 0, c.size)), c.size, nil
	case io.Seeker:
		_, err := r.Seek(0, io.SeekStart)
		return io.NopCloser(io.LimitReader(c.r, c.size)), c.size, err
	}
	c.once.Do(c.keep)
	return io.NopCloser(bytes.NewReader(c.data)), c.size, c.err
}

func (c *readerContent) keep() {
	if c.size > maxKept {
		c.err = fmt.Errorf("a reader that can be read only once is kept in memory, and %d bytes are more than %d; use a file", c.size, maxKept)
		return
	}
	c.data = make([]byte, c.size)
	n, err := io.ReadFull(c.r, c.data)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		c.err = fmt.Errorf("it has %d bytes, and %d were announced", n, c.size)
	case err != nil:
		c.err = err
	}
}
