package call

import (
	"context"
	"errors"
	"fmt"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cmd/wechatpay/internal/app"
)

// run does what the flags ask for.
func (r *request) run(ctx context.Context) error {
	if r.flags.dryRun {
		return r.dryRun(ctx)
	}
	client, err := r.app.Client(ctx, nil)
	if err != nil {
		return err
	}
	if r.endpoint.Kind == "redirect-url" {
		return r.address(ctx, client)
	}
	if err := r.care(ctx); err != nil {
		return err
	}
	switch {
	case r.pager != nil:
		return r.all(ctx, client)
	case r.flags.out != "":
		return r.save(ctx, client)
	}
	return r.send(ctx, client)
}

// chain is the path, at the host that it is documented with.
func (r *request) chain(client *wechatpay.Client) wechatpay.Chain {
	chain := client.Chain(r.path)
	if r.endpoint.Base != "" {
		chain = chain.WithBaseURL(r.endpoint.Base)
	}
	return chain
}

// send makes the call and prints the reply.
func (r *request) send(ctx context.Context, client *wechatpay.Client) error {
	opts := r.options()
	if r.isFile() && !r.flags.include && r.filter == nil {
		opts.Sink = output{r.app.Out}
		_, err := r.chain(client).Do(ctx, r.method, opts)
		return err
	}
	reply, err := r.chain(client).Do(ctx, r.method, opts)
	if err != nil {
		return r.failed(err)
	}
	return r.done(r.print(ctx, reply))
}

// failed prints what -i asks for of an error that WeChat Pay replied with.
func (r *request) failed(err error) error {
	var refused *wechatpay.APIError
	if r.flags.include && errors.As(err, &refused) {
		if writing := r.head(refused.Response); writing != nil {
			return errors.Join(err, writing)
		}
		if writing := r.raw(refused.Response.Bytes()); writing != nil {
			return errors.Join(err, writing)
		}
	}
	return err
}

// address prints the signed URL of an address for a browser; it sends nothing.
func (r *request) address(ctx context.Context, client *wechatpay.Client) error {
	address, err := r.chain(client).BrowserURL(ctx, r.options())
	if err != nil {
		return err
	}
	return r.app.Result([]byte(address))
}

// care asks a person before a call that takes effect in production.
func (r *request) care(ctx context.Context) error {
	return r.app.Care(ctx, r.facts())
}

// facts is the request as the care for money looks at it.
func (r *request) facts() app.Request {
	vars := make(map[string]string, len(r.vars))
	for name, value := range r.vars {
		vars[name] = fmt.Sprint(value)
	}
	return app.Request{Method: r.method, Path: r.path, Vars: vars, Body: r.json}
}
