package wechatpay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/limit"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
)

// get requests a download_url verbatim and passes its body to consume.
func (d *downloader) get(ctx context.Context, address string, consume func(body io.Reader) error) error {
	_, err := d.receive(ctx, Chain{client: d.chain.client}.Chain(address), http.MethodGet, &Options{Unsigned: true, Header: http.Header{"Accept": {"*/*"}}}, consume)
	return err
}

// receive makes a call whose reply is a file, and passes the file to consume. It ends a call that
// has become too slow.
func (d *downloader) receive(ctx context.Context, chain Chain, method string, opts *Options, consume func(body io.Reader) error) (*Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	opts.BaseURL, opts.AnyCaller, opts.Timeout, opts.Stack, opts.Debug = d.opts.BaseURL, d.opts.AnyCaller, -1, d.opts.Stack, d.opts.Debug
	opts.Sink = io.Discard
	call, err := chain.prepare(ctx, method, opts)
	if err != nil {
		return nil, err
	}
	alive, stop := limit.Watch(cancel, cmp.Or(d.opts.Timeout, d.chain.client.timeout), cmp.Or(d.opts.MinRate, DefaultMinRate))
	defer stop()
	call.handling.consume = func(body io.Reader) error { return consume(d.size.Received(body)) }
	call.handling.progress = func(done, total int64) {
		alive(done)
		if d.opts.Progress != nil {
			d.opts.Progress(done, total)
		}
	}
	resp, err := call.Run()
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, limit.ErrSlow) && !errors.Is(err, limit.ErrSlow) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return resp, err
}

// checkV2 is check for a bill of APIv2.
func (d *downloader) checkV2(ctx context.Context, path string) error {
	switch refusal := d.chain.check(ctx, http.MethodPost, &Options{}); {
	case refusal != nil:
		return refusal
	case path == "":
		return errors.New("Download: the path of the file is empty")
	case d.opts.Query != nil:
		return errors.New("Download: a bill of APIv2 takes XML; set DownloadOptions.XML in place of Query")
	}
	path, _ = d.chain.v2Path()
	if facts, known := endpoint.LookupV2(http.MethodPost, path[:target.PathEnd(path)]); known && !facts.File {
		return errors.New("Download: the endpoint answers no file; use Chain.Post")
	}
	order := NewDocument(d.opts.XML)
	d.gzip = strings.EqualFold(order.Get("tar_type").String(), "GZIP")
	_, err := order.Bytes()
	return err
}

// attemptV2 downloads a bill of APIv2, and saves it.
func (d *downloader) attemptV2(ctx context.Context, path string) (done *Download, err error) {
	d.applied, d.saved = true, 0
	d.limitSize()
	var resp *Response
	err = media.Save(path, func(w io.Writer) error {
		resp, err = d.receive(ctx, d.chain, http.MethodPost, &Options{Vars: d.opts.Vars, XML: d.opts.XML, Header: d.opts.Header},
			func(body io.Reader) error { return d.copy(w, body) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("wechatpay: %s: %w", d.chain, err)
	}
	return &Download{Path: path, Size: d.saved, Response: resp}, nil
}
