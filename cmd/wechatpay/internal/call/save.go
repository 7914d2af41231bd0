package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/failure"
	"github.com/wechatpay-chain/wechatpay/media"
)

// save saves the reply, or the bill that it names, whole or not at all.
func (r *request) save(ctx context.Context, client *wechatpay.Client) error {
	var size int64
	var err error
	if r.namesFile() {
		size, err = r.download(ctx, client)
	} else {
		size, err = r.saveReply(ctx, client)
	}
	if err != nil {
		return err
	}
	r.app.Note(r.app.T("saved %d bytes to %s", "已保存 %d 字节到 %s"), size, r.flags.out)
	return nil
}

// namesFile reports whether Chain.Download gets the file: the reply names it and its digest,
// or it is a bill of APIv2.
func (r *request) namesFile() bool {
	if r.v2 {
		return r.isFile()
	}
	has := map[string]bool{}
	for _, f := range r.endpoint.Reply {
		has[f.Name] = true
	}
	return r.method == "GET" && (has["download_url"] && has["hash_value"] || has["download_bill_list"])
}

func (r *request) download(ctx context.Context, client *wechatpay.Client) (size int64, err error) {
	opts := r.options()
	done, err := r.chain(client).Download(ctx, r.flags.out, &wechatpay.DownloadOptions{
		Vars: opts.Vars, Query: opts.Query, XML: opts.XML, Header: opts.Header, Stack: opts.Stack, Debug: opts.Debug, Timeout: opts.Timeout,
	})
	var disk *fs.PathError
	switch {
	case errors.As(err, &disk):
		return 0, &failure.OutputError{Err: err}
	case err != nil:
		return 0, err
	}
	return done.Size, nil
}

// saveReply saves the reply itself. What goes wrong with the file before the call is made is
// wrong use; what goes wrong afterwards is not: the call has been done.
func (r *request) saveReply(ctx context.Context, client *wechatpay.Client) (size int64, err error) {
	called, done := false, false
	err = media.Save(r.flags.out, func(w io.Writer) error {
		called = true
		opts := r.options()
		opts.Sink = &counter{output{w}, &size}
		_, err := r.chain(client).Do(ctx, r.method, opts)
		done = err == nil
		return err
	})
	switch {
	case err != nil && !called:
		return 0, &failure.UsageError{Err: fmt.Errorf("-o: %w", err)}
	case err != nil && done:
		return 0, r.done(&failure.OutputError{Err: err})
	}
	return size, err
}

// A counter counts what is written.
type counter struct {
	to io.Writer
	n  *int64
}

func (c *counter) Write(data []byte) (int, error) {
	n, err := c.to.Write(data)
	*c.n += int64(n)
	return n, err
}
