package wechatpay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/limit"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A call is one request and how to handle its reply. Its parts are embedded by value, to
// save allocations.
type call struct {
	state    callstate.State // its Request is the call's
	client   *Client
	cancel   context.CancelFunc
	handling *responseHandling // nil if the reply is only read
	v2       *apiv2.Call       // nil for another version

	url      url.URL
	defaults [4]string    // the values of the default headers
	body     bytes.Reader // over the JSON, for the first attempt
}

// A responseHandling says how to process a 2xx reply after, or instead of, buffering it.
type responseHandling struct {
	decrypt  cipher.Fields
	consume  func(body io.Reader) error // streams the body; nil to buffer it
	progress func(done, total int64)    // may be nil
}

// responseHandling returns nil if the reply is only read.
func (p *plan) responseHandling() (*responseHandling, error) {
	opts := p.opts
	switch {
	case opts.Sink == nil && opts.Progress != nil:
		return nil, errors.New("Options: Progress reports on a Sink; set Sink, or use Chain.Download")
	case opts.Sink != nil && len(opts.Decrypt) > 0:
		return nil, errors.New("Options: Decrypt requires a buffered reply; unset Sink")
	case opts.Sink == nil && len(opts.Decrypt) == 0:
		return nil, nil
	case len(opts.Decrypt) > 0 && p.chain.client.decrypter == nil:
		return nil, fmt.Errorf("Options.Decrypt: %w", errNoDecrypter)
	}
	h := &responseHandling{progress: opts.Progress}
	if sink := opts.Sink; sink != nil {
		h.consume = func(body io.Reader) error {
			_, err := io.Copy(sink, body)
			return err
		}
	}
	var err error
	h.decrypt, err = p.cryptCall().Decrypted(opts.Decrypt)
	return h, err
}

// prepare validates the options and returns a call that is ready to run. It sends nothing.
func (ch Chain) prepare(ctx context.Context, method string, opts *Options) (*call, error) {
	if opts == nil {
		opts = &Options{}
	}
	method = strings.ToUpper(method)
	var c *call
	var err error
	if ctx != nil && ctx.Err() != nil {
		err = fmt.Errorf("the context ended before the call: %w", ctx.Err())
	} else {
		c, err = ch.newCall(ctx, method, opts)
	}
	if err != nil {
		return nil, &CallError{Method: method, Path: ch.String(), Err: err}
	}
	return c, nil
}

// newCall builds a call in order: plan, encryption key, URL, body, header. It sends nothing
// but a download of keys. Errors in the chain or the options wrap ErrInvalid.
func (ch Chain) newCall(ctx context.Context, method string, opts *Options) (*call, error) {
	p, err := ch.plan(ctx, method, opts)
	if err != nil {
		return nil, invalid(err)
	}
	encrypter, err := p.encrypter(ctx)
	if p.v2 != nil {
		err = p.encryptV2(ctx)
	}
	if err != nil {
		return nil, err
	}
	c := &call{client: p.chain.client, handling: p.handling, v2: p.v2}
	var r http.Request
	if err := p.build(&r, c, encrypter); err != nil {
		return nil, invalid(err)
	}
	p.start(ctx, &r, c)
	return c, nil
}

// start sets the time-out and the state of the request.
func (p *plan) start(ctx context.Context, r *http.Request, c *call) {
	client, opts := p.chain.client, p.opts
	timeout, bound := client.timeout, errConfigTimeout
	if opts.Timeout != 0 {
		timeout, bound = opts.Timeout, errOptionsTimeout
	}
	if timeout > 0 {
		ctx, c.cancel = context.WithTimeoutCause(ctx, timeout, bound)
	} else {
		ctx, c.cancel = context.WithCancel(ctx)
	}
	c.state.Info = callstate.Info{
		Route: p.chain.String(), CallerID: client.callerID, Unsigned: opts.Unsigned, Idempotent: opts.Idempotent, Body: c.state.Body, Debug: opts.Debug,
		MaxReply: client.maxReply, Streamed: c.handling != nil && c.handling.consume != nil,
	}
	if c.v2 != nil {
		c.state.V2 = &c.v2.Facts
	}
	c.state.Begin(ctx, r)
}

// openBody opens a body in memory again.
func (c *call) openBody() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(c.state.Body)), nil
}

// run sends the call once and returns a verified reply.
func (c *call) run() (*Response, error) {
	defer c.cancel()
	request := c.state.Request
	if err := c.ready(); err != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		return nil, c.fail(err)
	}
	resp, err := c.client.send.RoundTrip(request) //nolint:bodyclose // read and stream close it
	if err != nil {
		return nil, c.fail(err)
	}
	streamed := resp.StatusCode/100 == 2 && c.handling != nil && c.handling.consume != nil
	if streamed && c.isFile(resp) && !c.state.Recorded(resp.StatusCode, resp.Header.Get(signer.HeaderSignature)) {
		return c.stream(&Response{Response: resp, decrypter: c.client.decrypter})
	}
	reply, err := c.read(resp)
	switch {
	case err != nil:
		return nil, c.fail(err)
	case resp.StatusCode/100 != 2 || c.contradicts(reply):
		return nil, c.apiError(reply)
	case streamed:
		return c.stream(reply)
	case c.handling != nil:
		if err := decryptFields(&c.state, reply, c.handling.decrypt); err != nil {
			return nil, c.fail(err)
		}
	}
	return reply, nil
}

// isFile reports whether a 2xx reply needs no reading before it is passed on: of APIv2, all but a
// file may tell an error.
func (c *call) isFile(resp *http.Response) bool {
	return c.v2 == nil || c.v2.Facts.File && apiv2.IsFile(resp)
}

// read buffers a reply.
func (c *call) read(resp *http.Response) (*Response, error) {
	data, err := middleware.ReadReply(resp, c.client.maxReply)
	if err != nil {
		return nil, err
	}
	if resp.Request == nil {
		resp.Request = c.state.Request // a custom RoundTripper may not set it
	}
	verified := c.state.IsVerified(resp.StatusCode, resp.Header.Get(signer.HeaderSignature), data)
	reply := &Response{Response: resp, Verified: verified, data: data, decrypter: c.client.decrypter}
	if c.v2 != nil {
		reply.object = c.v2.Read(data)
	}
	return reply, nil
}

// stream passes the body of a 2xx reply to the consumer. A signed reply is verified, and so
// buffered, already.
func (c *call) stream(reply *Response) (*Response, error) {
	err := c.handling.consume(limit.Progress(reply.Body, reply.ContentLength, c.handling.progress))
	if closing := reply.Body.Close(); err == nil {
		err = closing
	}
	reply.Body, reply.data, reply.object = http.NoBody, nil, nil
	if err != nil {
		return nil, c.fail(fmt.Errorf("reading the reply: %w", err))
	}
	return reply, nil
}

// Cancel cancels the context of the call.
func (c *call) Cancel() { c.cancel() }

// Run is run, also as the task of a future. A panic, such as one of a middleware, becomes a
// CallError that states whether the call may have been sent.
func (c *call) Run() (resp *Response, err error) {
	defer func() {
		if value := recover(); value != nil {
			resp, err = nil, c.fail(&future.PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	return c.run()
}

func (c *call) fail(err error) error {
	sent := c.maybeSent(err)
	if bound := c.bound(); bound != "" && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w (%s)", err, bound)
	}
	target := c.url // a copy, since the call holds its body
	failed := &CallError{Method: c.state.Request.Method, Path: c.state.Route, Err: err, MaybeSent: sent, sent: &target}
	if sent {
		failed.next = c.query()
	}
	return failed
}

// The time-outs of a call, as causes of its context.
var (
	errConfigTimeout  = fmt.Errorf("Config.Timeout: %w", context.DeadlineExceeded)
	errOptionsTimeout = fmt.Errorf("Options.Timeout: %w", context.DeadlineExceeded)
)

// bound names the time-out of the call that has expired. It is empty if none has: the
// transport and the attempt name their own.
func (c *call) bound() string {
	switch cause := context.Cause(c.state.Context); {
	case errors.Is(cause, errConfigTimeout):
		return fmt.Sprintf("Config.Timeout, %s for all attempts; raise it, or set Options.Timeout", c.client.timeout)
	case errors.Is(cause, errOptionsTimeout):
		return "Options.Timeout, for all attempts; raise it"
	case errors.Is(cause, context.DeadlineExceeded):
		return "the deadline of the context that the caller passed"
	}
	return ""
}
