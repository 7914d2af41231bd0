package wechatpay

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A plan is a validated call, before any I/O.
type plan struct {
	chain    Chain // its client has the stack of Options.Stack
	method   string
	opts     *Options
	query    M
	json     []byte // the body, before its fields are encrypted
	encrypt  fieldcrypt.Fields
	guard    fieldcrypt.Guard
	handling *responseHandling // nil if the reply is only read
	v2       *apiv2.Call       // nil for another version
}

// plan validates all that needs no I/O.
func (ch Chain) plan(ctx context.Context, method string, opts *Options) (p plan, err error) {
	p = plan{chain: ch, method: method, opts: opts}
	if err := ch.check(ctx, method, opts); err != nil {
		return p, err
	}
	if opts.Stack != nil {
		if p.chain.client, err = ch.client.with(opts.Stack); err != nil {
			return p, fmt.Errorf("Options.Stack: %w", err)
		}
	}
	route := ch.route()
	if err := endpoint.CheckShape(opts.JSON, method, route); err != nil {
		return p, fmt.Errorf("Options.JSON: %w", err)
	}
	if err := endpoint.CheckShape(opts.XML, method, route); err != nil {
		return p, fmt.Errorf("Options.XML: %w", err)
	}
	if err := endpoint.CheckShape(opts.Query, method, route); err != nil {
		return p, fmt.Errorf("Options.Query: %w", err)
	}
	if p.query, err = target.QueryOf(opts.Query); err != nil {
		return p, err
	}
	if opts.JSON != nil {
		if p.json, err = encodeOption("Options.JSON", opts.JSON); err != nil {
			return p, err
		}
	}
	if err := p.planV2(); err != nil {
		return p, err
	}
	if err := p.planEncryption(); err != nil {
		return p, err
	}
	p.handling, err = p.responseHandling()
	return p, err
}

// build sets the URL, body and header.
func (p *plan) build(r *http.Request, c *call, encrypter *fieldcrypt.Encrypter) error {
	query, err := encrypter.Query(p.query)
	if err != nil {
		return err
	}
	if err := p.chain.resolve(p.opts, query, &c.url); err != nil {
		return err
	}
	if !p.opts.AnyCaller {
		base := target.Plan{Client: p.chain.client.base, Call: p.opts.BaseURL}
		if err := endpoint.CheckCaller(p.chain.client.brand, base.Below(cmp.Or(c.url.RawPath, c.url.Path))); err != nil {
			return err
		}
	}
	p.guardURL(&c.url)
	if err := p.guard.Query(c.url.RawQuery); err != nil {
		return err
	}
	*r = http.Request{
		Method: p.method, URL: &c.url, Host: c.url.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	contentType, err := c.setBody(r, p, encrypter)
	if err != nil {
		return err
	}
	keyID := p.chain.client.keyID
	if encrypter != nil {
		keyID = encrypter.KeyID
	}
	accept := "application/json"
	if p.v2 != nil {
		accept, keyID = "text/xml, text/plain, application/x-gzip", ""
	}
	if err := c.setHeader(r, [4]string{accept, contentType, userAgent, keyID}, p.opts.Header); err != nil {
		return err
	}
	if encrypter != nil { // replaces any spelling of the caller
		r.Header[signer.HeaderSerial] = []string{encrypter.KeyID}
	}
	if p.opts.Body != nil { // last, because an error above would leave it open
		r.Body, err = r.GetBody()
	}
	return err
}
