package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A SignedBody is a request body that is signed in part: the meta part of an upload. [Sign]
// reads any other body completely.
type SignedBody interface {
	io.ReadCloser
	SignedBytes() []byte
}

// A SignConfig configures [Sign].
type SignConfig struct {
	Credential signer.Credential
	// Prefix is the escaped path of the base URL before /v3/, if any.
	Prefix string
	// Origins ("scheme://host[:port]") may receive signed requests in addition to WeChat
	// Pay's hosts, such as a sandbox or a proxy.
	Origins []string
	// Clock returns the time for signing; default [time.Now].
	Clock func() time.Time
}

// Sign sets the Authorization header of every request, with a new timestamp and nonce, over
// exactly the target and body that are sent. It belongs inside of all middleware that repeats
// or changes a request, except [ReverseProxy], whose path is not signed. It keeps an
// Authorization header that is already set.
//
// It refuses a request to a host that is neither WeChat Pay's nor among Origins. See
// [Trusted]. It also refuses a request that an [http.Client] makes to follow a redirect.
func Sign(cfg SignConfig) Middleware {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	s := signing{SignConfig: cfg}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Credential.Signer == nil {
				return refuse(r, errors.New("sign: SignConfig.Credential.Signer is nil"))
			}
			if refused, err := mayNotSign(r, cfg.Origins); err != nil {
				return refused, err
			}
			if r.Header["Authorization"] != nil || signatureOf(r, cfg.Prefix) == endpoint.Unsigned {
				return next.RoundTrip(r)
			}
			signed, err := s.sign(r)
			if err != nil {
				return refuse(r, err)
			}
			return next.RoundTrip(signed)
		})
	}
}

// A signing is a Sign at work.
type signing struct {
	SignConfig
	seconds seconds
}

// mayNotSign refuses a request to a foreign host, and one that follows a redirect.
func mayNotSign(r *http.Request, origins []string) (*http.Response, error) {
	if err := Trusted(r.URL, origins...); err != nil {
		return refuse(r, fmt.Errorf("sign: %w", err))
	}
	if redirected(r) { // the caller's request was sent, and may have taken effect
		_, _ = refuse(r, ErrRedirect) // closes the body
		return nil, &VerifyError{Response: r.Response, Err: fmt.Errorf("sign: %w; set CheckRedirect of the http.Client", ErrRedirect)}
	}
	return nil, nil
}

func (s *signing) sign(r *http.Request) (*http.Request, error) {
	copied := &signedRequest{Request: *r}
	signed := &copied.Request
	body, err := signedBytes(signed)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	timestamp, nonce := s.seconds.text(s.Clock().Unix()), signer.Nonce()
	authorization, err := s.Credential.Authorize(r.Context(), signer.Request{
		Method: method(r), Target: r.URL.RequestURI(), Timestamp: timestamp, Nonce: nonce, Body: body,
	})
	if err != nil {
		return nil, err
	}
	debugSigned(signed, timestamp, nonce, authorization, body)
	if err := r.Context().Err(); err != nil { // signing may have taken long
		return nil, err
	}
	if mayResend(r) {
		signed.GetBody = nil // or net/http might repeat it with the same nonce
	}
	signed.Header = maps.Clone(r.Header) // the values are shared, and not changed
	if signed.Header == nil {
		signed.Header = make(http.Header, 1)
	}
	copied.authorization[0] = authorization
	signed.Header["Authorization"] = copied.authorization[:]
	return signed, nil
}

// A signedRequest is a copy of a request, with the value of its Authorization.
type signedRequest struct {
	http.Request
	authorization [1]string
}

// seconds has the text of the current second, which many calls share.
type seconds struct{ last atomic.Pointer[second] }

type second struct {
	unix int64
	text string
}

func (s *seconds) text(unix int64) string {
	last := s.last.Load()
	if last == nil || last.unix != unix {
		last = &second{unix, strconv.FormatInt(unix, 10)}
		s.last.Store(last)
	}
	return last.text
}

func method(r *http.Request) string {
	if r.Method == "" {
		return http.MethodGet // the default of net/http
	}
	return r.Method
}

// signedBytes returns the part of the body that is signed. If it has to read the body, it
// resets it in r, which is a copy.
func signedBytes(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if data, ok := callstate.BodyOf(r); ok {
		return data, nil
	}
	if body, ok := r.Body.(SignedBody); ok {
		return body.SignedBytes(), nil
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/") {
		return nil, errors.New("only the meta part of a multipart body is signed; send it as a media.Body or another SignedBody")
	}
	data, err := io.ReadAll(r.Body)
	if closing := r.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, fmt.Errorf("reading the request body: %w", err)
	}
	r.ContentLength = int64(len(data))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	r.Body, err = r.GetBody()
	return data, err
}
