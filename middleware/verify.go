package middleware

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1" //nolint:gosec // required by WeChat Pay for overseas statements
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A VerifyConfig configures [Verify].
type VerifyConfig struct {
	Verifier signer.Verifier
	// Prefix is the escaped path of the base URL before /v3/, if any.
	Prefix string
	// Clock returns the time that timestamps are compared with; default [time.Now].
	Clock func() time.Time
	// MaxReply is the maximum size of a reply in bytes; default [DefaultMaxReply].
	MaxReply int64
	// RefuseReplays refuses a reply that was seen before, with [ErrReplayed]. The signature
	// covers neither the request nor its path, so that a proxy that decrypts TLS can pass a
	// recent reply for that to another call. Each Verify remembers the replies of ten minutes
	// in memory, at least the last 262,144 (20 MB). Off by default, since a cache of WeChat
	// Pay may repeat a reply.
	RefuseReplays bool
}

// A VerifyError is a reply that could not be verified. Do not use its content. The request
// may have taken effect: query by the same business number.
//
// Err wraps [signer.ErrMissingHeader], [signer.ErrClock], [signer.ErrUnknownKey],
// [signer.ErrSignature], [signer.ErrProbe], [signer.ErrExpired] or the error of a custom
// Verifier; [ErrRedirect]; [ErrReplayed]; or, if the body could not be read, [ErrTooLarge],
// [io.ErrUnexpectedEOF] or the error of the connection.
type VerifyError struct {
	Response *http.Response // its Body has the data that was received
	Err      error
}

// Error returns the status, the request id and the cause, and of an error reply its code
// and message, marked as unverified. It returns nothing else of the body.
func (e *VerifyError) Error() string {
	switch {
	case e == nil:
		return "<nil>"
	case e.Response == nil:
		return "reply not verified: " + errtext.Of(e.Err)
	}
	return fmt.Sprintf("reply not verified (status %d, request id %.64q%s): %s",
		e.Response.StatusCode, e.Response.Header.Get("Request-Id"), claim(e.Response), errtext.Of(e.Err))
}

// Unwrap returns Err.
func (e *VerifyError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// OutcomeUnknown reports whether the request may have taken effect. It is false for safe
// methods.
func (e *VerifyError) OutcomeUnknown() bool {
	if e == nil || e.Response == nil || e.Response.Request == nil {
		return true
	}
	return !httprule.IsSafe(method(e.Response.Request))
}

// Verify verifies the signature of every successful reply, a 204 with its empty body
// included: the four headers, the clock, the key, and the signature over the raw body. A
// redirect is an error, so that an [http.Client] follows none. A 4xx or 5xx is only
// verified if it is signed, because gateways do not sign errors. See [Verified]. If the
// verification fails, the error is a [*VerifyError].
//
// The signature covers neither the status nor the request. A signed body may therefore come
// with another status than it was sent with: read the body, not only the status.
//
// Verify knows the downloads that are not signed, or only by a digest; Options.Unsigned of
// the client marks further ones. None of them may be the result of a redirect.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func Verify(cfg VerifyConfig) Middleware {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	var seen *replays
	if cfg.RefuseReplays {
		seen = newReplays(maxReplays)
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
			return cfg.verify(r, resp, seen)
		})
	}
}

func (cfg *VerifyConfig) verify(r *http.Request, resp *http.Response, seen *replays) (*http.Response, error) {
	state := callstate.From(r.Context())
	if state != nil {
		state.ClearVerified()
	}
	if resp.StatusCode/100 == 3 {
		_, _ = ReadReply(resp, cfg.MaxReply)
		return nil, &VerifyError{Response: resp, Err: ErrRedirect}
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
		err = cfg.checkDigest(callstate.OfReply(r.Context()), resp.Header, data)
	} else {
		err = signer.Check(callstate.OfReply(r.Context()), cfg.Verifier, resp.Header, data, cfg.Clock())
	}
	if err == nil && seen != nil {
		err = seen.check(resp.Header, cfg.Clock())
	}
	debugVerified(r, resp, data, err)
	if err != nil {
		if state != nil && precedesProcessing(resp.StatusCode) && refuses(state, resp) {
			state.Revise(callstate.NotAccepted, callstate.Unknown) // the status may be forged too
		}
		return nil, &VerifyError{Response: resp, Err: err}
	}
	resp.Body.(*replyBody).verified = true //nolint:forcetypeassert // ReadReply has just set it
	if state != nil {
		state.SetVerified(resp.StatusCode, resp.Header.Get(signer.HeaderSignature), data)
		if resp.StatusCode/100 == 4 && !precedesProcessing(resp.StatusCode) && refuses(state, resp) {
			state.Revise(callstate.Unknown, callstate.Refused)
		}
	}
	return resp, nil
}

// expected returns the signature that a reply must have: none if it is an unsigned error,
// or successful and documented or marked by the caller as unsigned. That holds for the
// request that the caller made, not for one that a redirect or a middleware made.
func (cfg *VerifyConfig) expected(r *http.Request, resp *http.Response) endpoint.Signature {
	switch ok := resp.StatusCode/100 == 2; {
	case resp.StatusCode >= 400 && !signer.Signed(resp.Header):
		return endpoint.UnsignedReply
	case !ok, redirected(r), resp.Request != nil && redirected(resp.Request), !callstate.IsOriginal(r):
		return endpoint.Signed
	case callstate.ExpectsUnsigned(r):
		return endpoint.UnsignedReply
	}
	return signatureOf(r, cfg.Prefix)
}

// redirected reports whether an [http.Client] made the request to follow a redirect.
func redirected(r *http.Request) bool { return r.Response != nil }

// ErrRedirect means that a reply was a redirect. Neither its status nor its Location is
// covered by a signature: to follow one may send a request again, and the reply may be one to
// another request.
var ErrRedirect = errors.New("redirects are not followed, because no signature covers them")

// signatureOf returns how an endpoint is signed. prefix is the path of the base URL. All
// exceptions are downloads.
func signatureOf(r *http.Request, prefix string) endpoint.Signature {
	if method(r) != http.MethodGet {
		return endpoint.Signed
	}
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.EscapedPath(), prefix), "/hk")
	traits, _ := endpoint.Lookup(http.MethodGet, path)
	return traits.Signature
}

// digestHeader has the SHA-1 of an overseas statement.
const digestHeader = "Wechatpay-Statement-Sha1"

// maxUnzipped limits decompression. A larger statement is truncated, so its digest does not
// match.
const maxUnzipped = 1 << 30

// checkDigest verifies an overseas statement. Its signature covers a digest, which is
// compared with that of the body.
//
// https://pay.weixin.qq.com/wiki/doc/api/wxpay/ch/fusion_wallet_ch/QuickPay/chapter8_5.shtml
func (cfg *VerifyConfig) checkDigest(ctx context.Context, header http.Header, data []byte) error {
	digest := header.Get(digestHeader)
	if digest == "" {
		return fmt.Errorf("%w: %s is missing", signer.ErrMissingHeader, digestHeader)
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
		return fmt.Errorf("%w: decompressing the statement: %w", signer.ErrSignature, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); !strings.EqualFold(sum, digest) {
		return fmt.Errorf("%w: the SHA-1 of the statement differs from the signed one", signer.ErrSignature)
	}
	return nil
}
