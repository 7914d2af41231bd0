package middleware

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1" //nolint:gosec // WeChat Pay's choice for overseas statements
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// VerifyConfig says who may sign replies.
type VerifyConfig struct {
	Verifier signer.Verifier
	// Prefix is the escaped path that the base URL puts before /v3/, if any.
	Prefix string
	// Clock is what timestamps of replies are compared with; nil is time.Now.
	Clock func() time.Time
	// MaxReply is the most bytes that a reply may have; 0 is [DefaultMaxReply].
	MaxReply int64
}

// A VerifyError is a reply that cannot be trusted. Take nothing from it: but the
// request may have taken effect, so query with the same business number.
//
// Err wraps the sentinel for what failed: [signer.ErrMissingHeader],
// [signer.ErrClock], [signer.ErrUnknownKey], [signer.ErrSignature],
// [signer.ErrProbe], [signer.ErrExpired], the error of a custom Verifier, or
// what kept the body from being read: [ErrTooLarge], [io.ErrUnexpectedEOF], the
// connection's.
type VerifyError struct {
	Response *http.Response // its Body can be read, as far as it came
	Err      error
}

// Error holds the status, the request id and the reason, nothing of the body.
func (e *VerifyError) Error() string {
	if e.Response == nil {
		return fmt.Sprintf("reply not verified: %v", e.Err)
	}
	return fmt.Sprintf("reply not verified (status %d, request id %.64q): %v",
		e.Response.StatusCode, e.Response.Header.Get("Request-Id"), e.Err)
}

// Unwrap gives the reason.
func (e *VerifyError) Unwrap() error { return e.Err }

// OutcomeUnknown reports whether the request may have taken effect: unless its method
// changes nothing.
func (e *VerifyError) OutcomeUnknown() bool {
	if e == nil || e.Response == nil || e.Response.Request == nil {
		return true
	}
	switch e.Response.Request.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// Verify lets a successful reply through only if WeChat Pay signed it: the four
// headers, the clock, the key, the signature over the raw body, 204 with its
// empty body included. Any other reply is verified if it bears a signature:
// error replies may come from gateways that sign nothing. See [Verified].
//
// Downloads whose replies carry no signature, or one over a digest, are known to
// it; the client's Options.Unsigned excuses a further one. What fails is a [*VerifyError].
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func Verify(cfg VerifyConfig) Middleware {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Verifier == nil {
				return refuse(r, errors.New("verify: VerifyConfig.Verifier is nil"))
			}
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			return cfg.verify(r, resp)
		})
	}
}

func (cfg *VerifyConfig) verify(r *http.Request, resp *http.Response) (*http.Response, error) {
	state := callstate.From(r.Context())
	if state != nil {
		state.ClearVerified()
	}
	signature := cfg.expected(r, resp)
	if signature == endpoint.UnsignedReply || signature == endpoint.Unsigned {
		return resp, nil
	}
	data, err := ReadReply(resp, cfg.MaxReply)
	if err != nil {
		return nil, &VerifyError{Response: resp, Err: err}
	}
	if signature == endpoint.DigestReply {
		err = cfg.checkDigest(r.Context(), resp.Header, data)
	} else {
		err = signer.Check(r.Context(), cfg.Verifier, resp.Header, data, cfg.Clock())
	}
	debugVerified(r, resp, data, err)
	if err != nil {
		if state != nil && notAccepted(resp.StatusCode) {
			state.Revise(callstate.NotAccepted, callstate.Unsettled) // the status is forged, too
		}
		return nil, &VerifyError{Response: resp, Err: err}
	}
	resp.Body.(*replyBody).verified = true //nolint:forcetypeassert // ReadReply has just set it
	if state != nil {
		state.SetVerified(resp.StatusCode, resp.Header.Get(signer.HeaderSignature), data)
		if resp.StatusCode/100 == 4 && !notAccepted(resp.StatusCode) {
			state.Revise(callstate.Unsettled, callstate.Refused)
		}
	}
	return resp, nil
}

// expected is the signature that a reply must carry: none where the caller or the table of
// endpoints excuses a successful one, and none on an error without any, since gateways sign
// nothing.
func (cfg *VerifyConfig) expected(r *http.Request, resp *http.Response) endpoint.Signature {
	switch ok := resp.StatusCode/100 == 2; {
	case ok && callstate.ExpectsUnsigned(r):
		return endpoint.UnsignedReply
	case ok:
		return signatureOf(r, cfg.Prefix)
	case !signer.Signed(resp.Header):
		return endpoint.UnsignedReply
	}
	return endpoint.Signed
}

// signatureOf is how an exchange is signed, by the table of endpoints. prefix is what a
// base URL puts before the path. All exceptions are downloads.
func signatureOf(r *http.Request, prefix string) endpoint.Signature {
	if method(r) != http.MethodGet {
		return endpoint.Signed
	}
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.EscapedPath(), prefix), "/hk")
	traits, _ := endpoint.Lookup(http.MethodGet, path)
	return traits.Signature
}

// digestHeader holds the SHA-1 of an overseas statement.
const digestHeader = "Wechatpay-Statement-Sha1"

// maxUnzipped bounds the work that a small reply can cause; a statement that is
// cut off here has another digest and is refused.
const maxUnzipped = 1 << 30

// checkDigest verifies an overseas statement: its signature covers a digest, so
// the digest is compared with the body besides.
//
// https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/fusion_wallet_ch/QuickPay/chapter8_5.shtml
func (cfg *VerifyConfig) checkDigest(ctx context.Context, header http.Header, data []byte) error {
	digest := header.Get(digestHeader)
	if digest == "" {
		return fmt.Errorf("%w %s", signer.ErrMissingHeader, digestHeader)
	}
	if err := signer.Check(ctx, cfg.Verifier, header, []byte(`{"sha1":"`+digest+`"}`), cfg.Clock()); err != nil {
		return err
	}
	statement := io.Reader(bytes.NewReader(data))
	if header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(statement)
		if err != nil {
			return fmt.Errorf("%w: the statement is not gzip: %w", signer.ErrSignature, err)
		}
		statement = io.LimitReader(unzipped, maxUnzipped)
	}
	hash := sha1.New() //nolint:gosec // see above
	if _, err := io.Copy(hash, statement); err != nil {
		return fmt.Errorf("%w: unzipping the statement: %w", signer.ErrSignature, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); !strings.EqualFold(sum, digest) {
		return fmt.Errorf("%w: the statement's SHA-1 is not the signed one", signer.ErrSignature)
	}
	return nil
}
