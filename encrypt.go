package wechatpay

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// planEncryption selects the fields to encrypt. A generated struct that has a documented
// one selects all that are.
func (p *plan) planEncryption() (err error) {
	if p.v2 != nil {
		return nil // see encryptV2
	}
	fields := p.cryptCall()
	marks := fields.Marks()
	if len(marks) == 0 && len(p.opts.Encrypt) == 0 {
		return nil
	}
	p.guard = fields.Guard(marks)
	names := p.opts.Encrypt
	if p.generated() && p.guard.Any(p.json, p.query, p.opts.Body != nil) {
		names = Auto(names...)
	}
	if len(names) == 0 {
		return nil
	}
	fields.InPath = p.chain.literalQuery()
	p.encrypt, err = fields.Encrypted(names)
	return err
}

// generated reports whether the fields of the call are in a generated struct.
func (p *plan) generated() bool {
	upload, _ := p.opts.Body.(*media.Upload)
	return endpoint.IsShape(p.opts.JSON) || endpoint.IsShape(p.opts.Query) || upload != nil && endpoint.IsShape(upload.Meta)
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
	if p.v2 != nil || len(p.opts.Encrypt) == 0 && p.encrypt.Marked == nil {
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
