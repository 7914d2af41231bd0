package wechatpay

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A treatment is what a call does with a 2xx reply, beyond reading it.
type treatment struct {
	decrypt cipher.Fields
	consume func(body io.Reader) error // takes the body as it comes; nil where it is held
	report  func(done, total int64)    // is told how much has come; may be nil
}

// treatment is nil where a reply is only read.
func (ch Chain) treatment(method string, opts *Options) (*treatment, error) {
	if opts.Sink == nil && opts.Progress != nil {
		return nil, errors.New("Options: Progress is told of what a Sink is given; set Sink, or use Chain.Download")
	}
	if opts.Sink != nil && len(opts.Decrypt) > 0 {
		return nil, errors.New("Options: Decrypt wants a reply that is held; leave Sink out")
	}
	if opts.Sink == nil && len(opts.Decrypt) == 0 {
		return nil, nil
	}
	t := &treatment{report: opts.Progress}
	if sink := opts.Sink; sink != nil {
		t.consume = func(body io.Reader) error {
			_, err := io.Copy(sink, body)
			return err
		}
	}
	var err error
	t.decrypt, err = ch.opening(method, opts)
	return t, err
}

// stream hands the body of a 2xx reply on. What was verified has been read by then.
func (c *call) stream(resp *http.Response) (*Response, error) {
	reply := &Response{Response: resp, Verified: middleware.Verified(resp), decrypt: c.chain.client.decrypt}
	err := c.treat.consume(&progress{Reader: resp.Body, report: c.treat.report, total: resp.ContentLength})
	if closing := resp.Body.Close(); err == nil {
		err = closing
	}
	resp.Body = http.NoBody
	if err != nil {
		return nil, c.fail(fmt.Errorf("reading the reply: %w", err))
	}
	return reply, nil
}

// progress counts what is read.
type progress struct {
	io.Reader
	report      func(done, total int64) // nil where nobody asks
	done, total int64
}

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.done += int64(n)
	if err == io.EOF && p.total > p.done {
		err = io.ErrUnexpectedEOF // net/http sees to it; another transport may not
	}
	if p.report != nil && n > 0 {
		p.report(p.done, p.total)
	}
	return n, err
}
