package wechatpay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"

	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// userAgent is demanded by WeChat Pay: a request without one is refused.
var userAgent = fmt.Sprintf("wechatpay-chain/%s (%s; %s) %s", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())

// request turns a chain and its options into a request that is ready to be
// signed. All that can be wrong with them is found here, before anything is
// sent, and wraps ErrInvalid.
func (ch Chain) request(ctx context.Context, method string, opts *Options) (*call, error) {
	if err := ch.check(ctx, method, opts); err != nil {
		return nil, invalid(err)
	}
	if opts.Stack != nil {
		var err error
		if ch.client, err = ch.client.With(opts.Stack); err != nil {
			return nil, invalid(fmt.Errorf("Options.Stack: %w", err))
		}
	}
	c := &call{chain: ch}
	var err error
	if c.treat, err = ch.treatment(method, opts); err != nil {
		return nil, invalid(err)
	}
	query, err := queryOf(opts.Query)
	if err != nil {
		return nil, invalid(err)
	}
	seal, err := ch.sealing(ctx, method, opts, query)
	if err != nil {
		return nil, err
	}
	query, err = seal.sealQuery(query)
	if err != nil {
		return nil, invalid(err)
	}
	if err := ch.resolve(opts, query, &c.url); err != nil {
		return nil, invalid(err)
	}
	r := http.Request{
		Method: method,
		URL:    &c.url,
		Host:   c.url.Host,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	contentType, err := c.setBody(&r, opts, seal)
	if err != nil {
		return nil, invalid(err)
	}
	keyID := ch.client.keyID
	if seal != nil {
		keyID = seal.id
	}
	if err := c.setHeader(&r, [4]string{"application/json", contentType, userAgent, keyID}, opts.Header); err != nil {
		return nil, invalid(err)
	}
	if seal != nil { // the key that was encrypted with, however the caller spelled it
		r.Header[signer.HeaderSerial] = []string{seal.id}
	}
	if opts.Body != nil { // opened last: nobody would close it after a refusal
		if r.Body, err = r.GetBody(); err != nil {
			return nil, invalid(err)
		}
	}
	timeout := ch.client.timeout
	if opts.Timeout != 0 {
		timeout = opts.Timeout
	}
	if timeout > 0 {
		ctx, c.cancel = context.WithTimeout(ctx, timeout)
	} else {
		ctx, c.cancel = context.WithCancel(ctx)
	}
	c.request = middleware.WithCall(r.WithContext(ctx), middleware.Call{
		Route: ch.String(), MchID: ch.client.mchID, Unsigned: opts.Unsigned, Idempotent: opts.Idempotent, Body: c.json, Debug: opts.Debug,
		MaxReply: ch.client.maxReply, Streamed: c.treat != nil && c.treat.consume != nil,
	})
	return c, nil
}

func (ch Chain) check(ctx context.Context, method string, opts *Options) error {
	switch {
	case ch.client == nil:
		return errors.New("zero Chain: start one with Client.Chain or Client.At; a map of chains has none for a path that it does not know")
	case ch.err != nil:
		return ch.err
	case ch.path == "":
		return errors.New("empty Chain: give it a path")
	case ctx == nil:
		return errors.New("the context is nil; use context.Background()")
	case !isToken(method):
		return fmt.Errorf("method %q is none", method)
	case opts.JSON != nil && opts.Body != nil:
		return errors.New("Options: JSON and Body are both set; a request has one body")
	case (opts.JSON != nil || opts.Body != nil) && safe(method):
		return fmt.Errorf("Options: a %s request carries no body; use Query", method)
	}
	return nil
}

// setBody gives r its body and tells the content type.
func (c *call) setBody(r *http.Request, opts *Options, seal *sealing) (contentType string, err error) {
	switch {
	case opts.JSON != nil:
		if c.json, err = encodeBody(opts.JSON); err != nil {
			return "", fmt.Errorf("Options.JSON %w", err)
		}
		if c.json, err = seal.sealJSON(c.json); err != nil {
			return "", err
		}
		data := c.json
		r.ContentLength = int64(len(data))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		// A bare NopCloser around a bytes.Reader: net/http knows it, and sends header
		// and body in one packet.
		c.body.Reset(data)
		r.Body = io.NopCloser(&c.body)
		return "application/json", nil
	case opts.Body != nil:
		built, err := build(opts.Body, media.Target{Method: r.Method, Path: c.chain.route(), Encrypt: seal.ofMeta()})
		if err != nil {
			return "", fmt.Errorf("Options.Body: %w", err)
		}
		body := *built // the caller may change it for the next call
		body.Signed = bytes.Clone(body.Signed)
		r.ContentLength = body.Size
		r.GetBody = func() (io.ReadCloser, error) { return openMedia(&body) }
		return body.ContentType, nil
	case safe(r.Method):
		return "", nil
	default:
		r.Body = http.NoBody // sent as Content-Length: 0
		return "application/json", nil
	}
}

// build trusts no source to make a body, or to be there at all.
func build(source media.Source, target media.Target) (*media.Body, error) {
	if isNil(source) {
		return nil, fmt.Errorf("a nil %T", source)
	}
	body, err := source.Build(target)
	if err != nil {
		return nil, err
	}
	return body, body.Validate()
}

// mediaBody is a body that is streamed, and signed in part.
type mediaBody struct {
	io.ReadCloser
	signed []byte
}

func openMedia(m *media.Body) (io.ReadCloser, error) {
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("Options.Body: opening it: %w", err)
	}
	if r == nil {
		return nil, errors.New("Options.Body: Open returned neither a reader nor an error")
	}
	return &mediaBody{ReadCloser: r, signed: m.Signed}, nil
}

func (b *mediaBody) SignedBytes() []byte { return b.signed }

var _ middleware.SignedBody = (*mediaBody)(nil)

// defaultHeaders are those that every request carries, unless their value is "".
var defaultHeaders = [4]string{"Accept", "Content-Type", "User-Agent", signer.HeaderSerial}

// setHeader puts in the defaults, and the caller's values over them.
func (c *call) setHeader(r *http.Request, defaults [4]string, own http.Header) error {
	c.defaults = defaults
	r.Header = make(http.Header, len(defaults)+1) // room for Authorization
	for i, name := range defaultHeaders {
		if c.defaults[i] != "" {
			r.Header[name] = c.defaults[i : i+1 : i+1]
		}
	}
	for name, values := range own {
		if err := checkHeader(name, values); err != nil {
			return err
		}
		name = http.CanonicalHeaderKey(name)
		if name == "Host" && len(values) == 1 {
			r.Host = values[0]
			continue
		}
		r.Header[name] = append([]string(nil), values...)
	}
	return nil
}

func checkHeader(name string, values []string) error {
	if !isToken(name) {
		return fmt.Errorf("Options.Header: %q is not the name of a header", name)
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Length", "Transfer-Encoding", "Connection", "Trailer":
		return fmt.Errorf("Options.Header: %s is the transport's to set; remove it", name)
	}
	for _, value := range values {
		if strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return fmt.Errorf("Options.Header: the value of %s holds a line break or another control character", name)
		}
	}
	return nil
}

// isToken is the grammar of methods and header names (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !unreserved(c) && strings.IndexByte("!#$%&'*+^`|", c) < 0 {
			return false
		}
	}
	return s != ""
}

// safe tells the methods that change nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
