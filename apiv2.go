package wechatpay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
	"github.com/wechatpay-chain/wechatpay/internal/target"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// V2 overrules what the library knows about an endpoint of APIv2. A nil field leaves it.
type V2 struct {
	// Digest signs the request. A sign_type is only sent if the body has one.
	Digest signer.Digest
	// MutualTLS says whether to present [Config].Certificate.
	MutualTLS *bool
	// Nonce says whether to send a nonce_str.
	Nonce *bool
	// SignedReply says whether a reply without a sign is refused. Files, and replies in JSON,
	// never have one.
	SignedReply *bool
}

func (o *V2) overrule(facts *endpoint.V2) error {
	if o.SignedReply != nil {
		switch {
		case facts.File:
			return errors.New("Options.V2.SignedReply: the reply is a file, which has no sign; unset it")
		case facts.Outcome == endpoint.RetCode:
			return errors.New("Options.V2.SignedReply: the reply is JSON, which has no sign; unset it")
		}
		facts.Unsigned = !*o.SignedReply
	}
	if o.MutualTLS != nil {
		facts.MutualTLS = *o.MutualTLS
	}
	if o.Nonce != nil {
		facts.Nonceless = !*o.Nonce
	}
	return nil
}

// v2Path returns the path behind v2/, which is not sent. ok is false for any other path.
func (ch Chain) v2Path() (path string, ok bool) {
	path = strings.TrimLeft(ch.path, "/")
	if len(path) < 3 || !strings.EqualFold(path[:3], "v2/") {
		return ch.path, false
	}
	return strings.TrimLeft(path[3:], "/"), true
}

// isV2 reports whether a path begins with v2, perhaps with nothing behind it yet.
func (ch Chain) isV2() bool {
	first, _, _ := strings.Cut(strings.TrimLeft(ch.path, "/"), "/")
	return strings.EqualFold(first, "v2")
}

// checkVersion refuses what belongs to the other version.
func (ch Chain) checkVersion(method string, opts *Options) error {
	path, v2 := ch.v2Path()
	switch {
	case v2 && path == "":
		return errors.New("Chain: the path after v2/ is missing")
	case !v2 && opts.XML != nil:
		return errors.New("Options.XML: the path is not one of APIv2, which begins with v2/; a path of v3 takes JSON")
	case !v2 && opts.V2 != (V2{}):
		return errors.New("Options.V2: the path is not one of APIv2, which begins with v2/; unset it")
	case !v2 && opts.Unsigned && method != http.MethodGet:
		return fmt.Errorf("Options.Unsigned: only downloads by GET are unsigned; the reply to %s must be verified", method)
	case !v2 && ch.client.signer == nil:
		return errors.New("the client is for APIv2 only, whose paths begin with v2/; for others set Config.PrivateKey, Serial and PlatformKeys")
	case !v2:
		return nil
	case ch.client.v2.Key.IsZero():
		return errors.New("Config.APIv2Key is missing, which signs calls of APIv2")
	case opts.JSON != nil:
		return errors.New("Options.JSON: APIv2 takes XML; set Options.XML to the same value")
	case len(opts.Decrypt) > 0:
		return errors.New("Options.Decrypt: no reply of APIv2 has encrypted fields; unset it")
	case opts.Unsigned:
		return errors.New("Options.Unsigned: it is for downloads of API v3; of APIv2, set Options.V2.SignedReply to false")
	case opts.XML != nil && opts.Body != nil:
		return errors.New("Options: XML and Body are mutually exclusive; set one of them")
	case opts.XML != nil && httprule.IsSafe(method):
		return fmt.Errorf("Options: a %s request must not have a body; use Query", method)
	case opts.V2.Digest != "":
		if err := opts.V2.Digest.Check(); err != nil {
			return fmt.Errorf("Options.V2.Digest: %w", err)
		}
	}
	return nil
}

// planV2 looks the endpoint up, and completes what is sent.
func (p *plan) planV2() error {
	path, ok := p.chain.v2Path()
	if !ok {
		return nil
	}
	facts, _ := endpoint.LookupV2(p.method, path[:target.PathEnd(path)])
	if err := p.opts.V2.overrule(&facts); err != nil {
		return err
	}
	switch client := p.chain.client; {
	case facts.Browser && !p.chain.browser:
		return errors.New("Chain: it is an address for a browser; Chain.BrowserURL signs it")
	case facts.MutualTLS && client.noCertificate != nil && !p.chain.browser:
		return client.noCertificate
	}
	p.chain.base = cmp.Or(p.chain.base, facts.Base)
	p.v2 = &apiv2.Call{Facts: facts}
	caller := p.callerV2()
	var err error
	if httprule.IsSafe(p.method) {
		p.query = maps.Clone(p.query)
		maps.DeleteFunc(p.query, func(_ string, value any) bool { return nilcheck.IsNil(value) }) // these are not sent
		if p.query, err = p.v2.CompleteQuery(p.query, p.chain.literalQuery(), target.Scalar, caller); err != nil {
			return fmt.Errorf("Options.Query: %w", err)
		}
		return nil
	}
	if p.opts.Body != nil && facts.Signed == nil {
		return errors.New("Options.Body: the endpoint takes no upload; set Options.XML")
	}
	if facts.Signed != nil {
		if p.opts.Body == nil {
			return errors.New("Options.Body is missing: the endpoint takes an upload, such as media.File")
		}
		return nil // see uploadV2
	}
	return p.setBodyV2(caller)
}

// setBodyV2 sets the values of the body.
func (p *plan) setBodyV2(caller apiv2.Caller) error {
	done, err := p.v2.SetPlain(p.opts.XML, caller)
	if err == nil && !done {
		err = apiv2.CheckTimes(p.opts.XML)
	}
	if err != nil {
		return fmt.Errorf("Options.XML: %w", err)
	}
	if done {
		return nil
	}
	body := []byte("{}")
	if p.opts.XML != nil {
		if body, err = encodeOption("Options.XML", p.opts.XML); err != nil {
			return err
		}
	}
	if err := p.v2.SetBody(body, caller); err != nil {
		return fmt.Errorf("Options.XML: %w", err)
	}
	return nil
}

func (p *plan) callerV2() apiv2.Caller {
	return apiv2.Caller{MchID: p.chain.client.callerID, AppID: p.chain.client.appID, Any: p.opts.AnyCaller, Digest: p.opts.V2.Digest}
}

// uploadV2 returns the signed fields of an upload, of which the JSON has the digest of the file.
func (p plan) uploadV2(meta []byte) ([]media.Field, error) {
	if err := p.v2.SetBody(meta, p.callerV2()); err != nil {
		return nil, err
	}
	return p.v2.SignedForm(p.chain.client.v2.Key.Reveal()), nil
}

// BrowserURL returns the signed URL of an address for a browser, such as
// v2/papay/entrustweb. It sends nothing.
func (ch Chain) BrowserURL(ctx context.Context, opts *Options) (string, error) {
	ch.browser = true
	call, err := ch.prepare(ctx, http.MethodGet, opts)
	if err != nil {
		return "", err
	}
	defer call.cancel()
	if call.v2 == nil {
		return "", &CallError{Method: http.MethodGet, Path: ch.String(), Err: invalid(errors.New("BrowserURL: only paths of APIv2, which begin with v2/, are signed for a browser"))}
	}
	url := ""
	keep := func(r *http.Request) (*http.Response, error) {
		url = r.URL.String()
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
	}
	resp, err := middleware.SignV2(call.client.v2)(middleware.RoundTripperFunc(keep)).RoundTrip(call.state.Request)
	if err != nil {
		return "", call.fail(err)
	}
	return url, resp.Body.Close()
}
