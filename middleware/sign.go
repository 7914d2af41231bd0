package middleware

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A SignedBody is a request body of which not all is signed: the meta part of an
// upload. [Sign] reads any other body whole.
type SignedBody interface {
	io.ReadCloser
	SignedBytes() []byte
}

// SignConfig says who signs, and for whom.
type SignConfig struct {
	Credential signer.Credential
	// Prefix is the escaped path that the base URL puts before /v3/, if any.
	Prefix string
	// Origins ("scheme://host[:port]") may be sent signed requests besides
	// WeChat Pay's own hosts: a sandbox, a proxy of the user's own.
	Origins []string
	// Clock is the time that requests are signed at; nil is time.Now.
	Clock func() time.Time
}

// Sign puts an Authorization header on every request, with a fresh timestamp and
// nonce, over exactly the target and body that follow on the wire. It belongs
// innermost, so that each attempt of a retry is signed again. An Authorization
// that the request bears already is left alone.
//
// A request to a host that is neither WeChat Pay's nor among the origins is
// refused: nothing is sent. See [Trusted].
func Sign(cfg SignConfig) Middleware {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Credential.Signer == nil {
				return refuse(r, errors.New("sign: SignConfig.Credential.Signer is nil"))
			}
			if err := Trusted(r.URL, cfg.Origins...); err != nil {
				return refuse(r, fmt.Errorf("sign: %w", err))
			}
			if r.Header["Authorization"] != nil || signatureOf(r, cfg.Prefix) == endpoint.Unsigned {
				return next.RoundTrip(r)
			}
			signed, err := cfg.sign(r)
			if err != nil {
				return refuse(r, err)
			}
			return next.RoundTrip(signed)
		})
	}
}

func (cfg *SignConfig) sign(r *http.Request) (*http.Request, error) {
	signed := r.WithContext(r.Context())
	body, err := signedBytes(signed)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	timestamp, nonce := strconv.FormatInt(cfg.Clock().Unix(), 10), signer.Nonce()
	authorization, err := cfg.Credential.Authorize(r.Context(), signer.Request{
		Method: method(r), Target: r.URL.RequestURI(), Timestamp: timestamp, Nonce: nonce, Body: body,
	})
	if err != nil {
		return nil, err
	}
	debugSigned(signed, timestamp, nonce, authorization, body)
	if err := r.Context().Err(); err != nil { // signing may have taken its time
		return nil, err
	}
	if replayed(r) {
		signed.GetBody = nil // or net/http would send it again by itself, under the same nonce
	}
	signed.Header = r.Header.Clone()
	if signed.Header == nil {
		signed.Header = make(http.Header, 1)
	}
	signed.Header["Authorization"] = []string{authorization}
	return signed, nil
}

func method(r *http.Request) string {
	if r.Method == "" {
		return http.MethodGet // as net/http sends it
	}
	return r.Method
}

// signedBytes is what the signature of r covers. A body that must be read for it
// is put back into r, which is the caller's own copy.
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
		return nil, errors.New("a multipart body signs its meta part only; send it as a media.Body or another SignedBody")
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
