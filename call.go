package wechatpay

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A call is one request and what is known of its sending. The parts of the
// request stand in it rather than by themselves to be allocated at one go.
type call struct {
	chain   Chain
	request *http.Request
	cancel  context.CancelFunc

	treat *treatment // of the reply, if it is to be treated otherwise than read

	url      url.URL
	defaults [4]string // the values of the default headers
	json     []byte
	body     bytes.Reader // over json, for the first attempt
}

// prepare makes a call that is ready to run, or refuses it: nothing is sent yet.
func (ch Chain) prepare(ctx context.Context, method string, opts *Options) (*call, error) {
	if opts == nil {
		opts = &Options{}
	}
	method = strings.ToUpper(method)
	var c *call
	var err error
	if ctx != nil && ctx.Err() != nil {
		err = ctx.Err()
	} else {
		c, err = ch.request(ctx, method, opts)
	}
	if err != nil {
		return nil, &CallError{Method: method, Path: ch.String(), Err: err}
	}
	return c, nil
}

// Run sends the call, once, and returns a reply that was verified.
func (c *call) Run() (*Response, error) {
	defer c.cancel()
	client, method := c.chain.client, c.request.Method
	if err := client.ready(c.request.Context(), method); err != nil {
		if c.request.Body != nil {
			_ = c.request.Body.Close()
		}
		return nil, c.fail(err)
	}
	resp, err := client.send.RoundTrip(c.request)
	if err != nil {
		return nil, c.fail(err)
	}
	if resp.StatusCode/100 == 2 && c.treat != nil && c.treat.consume != nil {
		return c.stream(resp)
	}
	data, err := middleware.ReadReply(resp, client.maxReply)
	if err != nil {
		return nil, c.fail(err)
	}
	if resp.Request == nil {
		resp.Request = c.request // a RoundTripper that is not net/http's may forget it
	}
	reply := &Response{
		Response: resp, Verified: middleware.VerifiedReply(c.request.Context(), resp, data), data: data, decrypt: client.decrypt,
	}
	if resp.StatusCode/100 != 2 {
		e := newAPIError(c.chain, method, reply)
		e.Attempts, e.Stopped = middleware.Attempts(c.request.Context())
		e.earlier = c.sentBesides(reply)
		if e.StatusCode == http.StatusNotFound && client.hint != nil {
			e.Hint = client.hint(method, e.Path)
		}
		return nil, e
	}
	if c.treat != nil {
		if err := reply.open(c.request.Context(), c.treat.decrypt); err != nil {
			return nil, c.fail(err)
		}
	}
	return reply, nil
}

// Cancel ends the context of a call that is running.
func (c *call) Cancel() { c.cancel() }

func (c *call) fail(err error) error {
	return &CallError{Method: c.request.Method, Path: c.chain.String(), Err: err, MaybeSent: c.maybeSent(err)}
}

// maybeSent tells whether a call that ended in err may have taken effect. Where the
// transport was never asked, only a refusal proves that nothing else was.
func (c *call) maybeSent(err error) bool {
	if safe(c.request.Method) {
		return false
	}
	sent, seen := middleware.Sent(c.request.Context())
	return sent > 0 || !seen && !errors.Is(err, middleware.ErrNotSent)
}

// sentBesides tells whether another sending than the one that was answered may
// have taken effect.
func (c *call) sentBesides(answer *Response) bool {
	sent, _ := middleware.Sent(c.request.Context())
	switch status := answer.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusTooManyRequests:
	case status/100 == 4 && answer.Verified: // these two were not counted
	default:
		sent-- // the answered one, which is judged by its answer
	}
	return sent > 0
}

// A background call is a call that runs as the task of a future.
type background call

// Run is that of the call. A panic, of a middleware for instance, keeps what is
// known of the sending.
func (b *background) Run() (resp *Response, err error) {
	defer func() {
		if value := recover(); value != nil {
			resp, err = nil, (*call)(b).fail(&future.PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	return (*call)(b).Run()
}

// Cancel is that of the call.
func (b *background) Cancel() { (*call)(b).Cancel() }
