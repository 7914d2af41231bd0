package wechatpay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/fieldcrypt"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/internal/mediabody"
	"github.com/wechatpay-chain/wechatpay/media"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// setBody sets the body of r and returns the content type.
func (c *call) setBody(r *http.Request, p *plan, encrypter *fieldcrypt.Encrypter) (contentType string, err error) {
	opts := p.opts
	switch {
	case c.v2 != nil && opts.Body == nil && !httprule.IsSafe(r.Method):
		c.state.Body = apiv2.XML(c.v2.Params)
		c.setMemoryBody(r)
		return "text/xml; charset=utf-8", nil
	case opts.JSON != nil:
		if c.state.Body, err = encrypter.JSON(p.json); err != nil {
			return "", err
		}
		if err := p.guard.JSON("Options.JSON", c.state.Body); err != nil {
			return "", err
		}
		c.setMemoryBody(r)
		return "application/json", nil
	case opts.Body != nil:
		target := media.Target{Method: r.Method, Path: p.chain.route(), Encrypt: encrypter.Meta()}
		if c.v2 != nil {
			target.Path, _ = p.chain.v2Path()
			target.Fields = p.uploadV2
		}
		built, err := mediabody.Build(opts.Body, target)
		if err != nil {
			return "", fmt.Errorf("Options.Body: %w", err)
		}
		if err := p.guard.JSON("Options.Body", built.Signed); err != nil {
			return "", err
		}
		body := *built // the caller may change it for the next call
		body.Signed = bytes.Clone(body.Signed)
		r.ContentLength = body.Size
		r.GetBody = func() (io.ReadCloser, error) { return openMedia(&body) }
		return body.ContentType, nil
	case httprule.IsSafe(r.Method):
		return "", nil
	default:
		r.Body = http.NoBody // sent as Content-Length: 0
		return "application/json", nil
	}
}

// setMemoryBody sets the body of r to that of the call.
func (c *call) setMemoryBody(r *http.Request) {
	data := c.state.Body
	r.ContentLength = int64(len(data))
	r.GetBody = c.openBody
	// net/http sends header and body in one packet if this is a NopCloser of a bytes.Reader.
	c.body.Reset(data)
	r.Body = io.NopCloser(&c.body)
}

// encodeOption marshals Options.JSON or XML.
func encodeOption(name string, body any) ([]byte, error) {
	data, err := encodeBody(body)
	if _, ok := body.(Document); ok && err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	return data, nil
}

// mediaBody is a streamed body of which only the signed bytes are signed.
type mediaBody struct {
	io.ReadCloser
	signed []byte
}

func openMedia(m *media.Body) (io.ReadCloser, error) {
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("Options.Body: opening the body: %w", err)
	}
	if r == nil {
		return nil, errors.New("Options.Body: Open returned neither a reader nor an error")
	}
	return &mediaBody{ReadCloser: r, signed: m.Signed}, nil
}

func (b *mediaBody) SignedBytes() []byte { return b.signed }

var _ middleware.SignedBody = (*mediaBody)(nil)

// userAgent is required: WeChat Pay refuses a request without one.
var userAgent = fmt.Sprintf("wechatpay-chain/%s (%s; %s) %s", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())

// defaultHeaders are set on every request, unless their value is empty.
var defaultHeaders = [4]string{"Accept", "Content-Type", "User-Agent", signer.HeaderSerial}

// setHeader sets the default headers, then those of the caller.
func (c *call) setHeader(r *http.Request, defaults [4]string, header http.Header) error {
	c.defaults = defaults
	r.Header = make(http.Header, len(defaults)+1) // room for Authorization
	for i, name := range defaultHeaders {
		if c.defaults[i] != "" {
			r.Header[name] = c.defaults[i : i+1 : i+1]
		}
	}
	for name, values := range header {
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
	if !httprule.IsToken(name) {
		return fmt.Errorf("Options.Header: %q is not a valid header name", name)
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Length", "Transfer-Encoding", "Connection", "Trailer":
		return fmt.Errorf("Options.Header: %s is set by the transport; remove it", name)
	}
	for _, value := range values {
		if !httprule.ValidValue(value) {
			return fmt.Errorf("Options.Header: the value of %s contains a line break or another control character", name)
		}
	}
	return nil
}
