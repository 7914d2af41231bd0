package wechatpay

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/middleware"
)

// A call is one request and what is known of its sending. The parts of the
// request stand in it rather than by themselves to be allocated at one go.
type call struct {
	chain   Chain
	request *http.Request
	cancel  context.CancelFunc

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
	resp, err := client.send.RoundTrip(c.request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		return nil, c.fail(err)
	}
	data, err := middleware.ReadReply(resp, client.maxReply)
	if err != nil {
		return nil, c.fail(err)
	}
	if resp.Request == nil {
		resp.Request = c.request // a RoundTripper that is not net/http's may forget it
	}
	reply := &Response{Response: resp, Verified: middleware.VerifiedBytes(c.request.Context(), data), data: data}
	if resp.StatusCode/100 != 2 {
		return nil, newAPIError(c.chain, method, reply)
	}
	return reply, nil
}

// Cancel ends the context of a call that is running.
func (c *call) Cancel() { c.cancel() }

func (c *call) fail(err error) error {
	method := c.request.Method
	return &CallError{
		Method: method, Path: c.chain.String(), Err: err,
		MaybeSent: !safe(method) && middleware.Sent(c.request.Context()),
	}
}
