package wechatpay

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

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
	if err := endpoint.CheckShape(opts.JSON, method, ch.route()); err != nil {
		return p, fmt.Errorf("Options.JSON: %w", err)
	}
	if err := endpoint.CheckShape(opts.Query, method, ch.route()); err != nil {
		return p, fmt.Errorf("Options.Query: %w", err)
	}
	if p.query, err = target.QueryOf(opts.Query); err != nil {
		return p, err
	}
	if opts.JSON != nil {
		if p.json, err = encodeOption(opts.JSON); err != nil {
			return p, err
		}
	}
	if err := p.planEncryption(); err != nil {
		return p, err
	}
	p.handling, err = p.responseHandling()
	return p, err
}

// cryptCall describes the call to package fieldcrypt.
func (p *plan) cryptCall() fieldcrypt.Call {
	url := target.Plan{Client: p.chain.client.base, Call: p.opts.BaseURL, Endpoint: p.chain.base}
	return fieldcrypt.Call{
		Method: p.method, Route: p.chain.route(), Prefix: url.Prefix(),
		Query: p.query, JSON: p.opts.JSON != nil, Upload: p.opts.Body != nil, Clear: p.opts.Unencrypted,
	}
}

// encrypter returns nil if there are no fields to encrypt. Its key is the one that the
// request names in Wechatpay-Serial, or that of the client.
func (p *plan) encrypter(ctx context.Context) (*fieldcrypt.Encrypter, error) {
	if len(p.opts.Encrypt) == 0 && p.encrypt.Marked == nil {
		return nil, nil
	}
	keyID := p.chain.client.keyID
	for name, values := range p.opts.Header { // names may be in any case
		if strings.EqualFold(name, signer.HeaderSerial) && len(values) > 0 && values[0] != "" {
			keyID = values[0]
		}
	}
	e := &fieldcrypt.Encrypter{Fields: p.encrypt}
	var err error
	if e.KeyID, e.Key, err = p.chain.client.encryptionKey(ctx, keyID); err != nil {
		return nil, fmt.Errorf("Options.Encrypt: %w", err)
	}
	return e, nil
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
	if err := c.setHeader(r, [4]string{"application/json", contentType, userAgent, keyID}, p.opts.Header); err != nil {
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

// guardURL guards an endpoint that only the expanded path tells, as of {+path}.
func (p *plan) guardURL(u *url.URL) {
	if len(p.guard.Marks) > 0 || !strings.Contains(p.chain.path, "{") {
		return
	}
	fields := p.cryptCall()
	fields.Route, fields.Prefix = cmp.Or(u.RawPath, u.Path), ""
	if marks := fields.Marks(); len(marks) > 0 {
		p.guard = fields.Guard(marks)
	}
}
