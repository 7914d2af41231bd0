package limit

import "io"

// Progress returns a reader that counts what is read of a body, and reports it; total is -1 if it is
// unknown. A body that ends before total is [io.ErrUnexpectedEOF].
func Progress(body io.Reader, total int64, report func(done, total int64)) io.Reader {
	return &progressReader{Reader: body, report: report, total: total}
}

type progressReader struct {
	io.Reader
	report      func(done, total int64) // may be nil
	done, total int64
}

func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.done += int64(n)
	if err == io.EOF && p.total > p.done {
		err = io.ErrUnexpectedEOF // net/http does this; a custom transport may not
	}
	if p.report != nil && n > 0 {
		p.report(p.done, p.total)
	}
	return n, err
}
