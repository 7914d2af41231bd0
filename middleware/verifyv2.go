package middleware

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/endpoint"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// VerifyV2 verifies the sign of every reply of APIv2 that says SUCCESS, over all of its
// elements, in constant time. A reply with another return_code is an error that WeChat Pay does
// not sign, and passes unverified; so does a status of 400 and above. Some endpoints sign no
// reply, which is known of them; a sign that is there all the same must be right. If the
// verification fails, the error is a [*VerifyError].
//
// The sign covers neither the request nor the time: whoever breaks TLS can pass an older reply
// for this one.
func VerifyV2(cfg V2Config) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if cfg.Key.IsZero() {
				return refuse(r, errors.New("verify: V2Config.Key is empty"))
			}
			resp, err := next.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			if state := callstate.From(r.Context()); state != nil {
				state.ClearVerified()
			}
			if err := cfg.verify(r, resp); err != nil {
				return nil, &VerifyError{Response: resp, Err: err}
			}
			return resp, nil
		})
	}
}

func (cfg *V2Config) verify(r *http.Request, resp *http.Response) error {
	facts := cfg.facts(r)
	switch {
	case resp.StatusCode/100 == 3:
		_, _ = ReadReply(resp, cfg.MaxReply)
		return ErrRedirect
	case facts.File && resp.StatusCode < 300 && apiv2.IsFile(resp):
		return nil // files are not signed
	}
	data, err := ReadReply(resp, cfg.MaxReply)
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest || facts.Outcome == endpoint.RetCode {
		if state := callstate.From(r.Context()); state != nil && apiv2.CertificatePage(resp.StatusCode, data) != "" {
			state.Revise(callstate.Unknown, callstate.NotAccepted)
		}
		return nil
	}
	message, err := apiv2.Parse(data)
	if err != nil {
		return fmt.Errorf("%w: %w", signer.ErrSignature, err)
	}
	sign := message.Get("sign")
	if sign == "" && (facts.Unsigned || facts.File || message.Get("return_code") != apiv2.Success) {
		return nil
	}
	err = message.Verify(cfg.Key.Reveal())
	debugVerifiedV2(r, resp, message, err)
	if err != nil {
		return err
	}
	cfg.settle(r, resp, message, data)
	return nil
}

// settle records a reply that is verified, and whether it proves that nothing happened.
func (cfg *V2Config) settle(r *http.Request, resp *http.Response, message apiv2.Message, data []byte) {
	resp.Body.(*replyBody).verified = true //nolint:forcetypeassert // ReadReply has just set it
	state := callstate.From(r.Context())
	if state == nil {
		return
	}
	state.SetVerified(resp.StatusCode, resp.Header.Get(signer.HeaderSignature), data)
	if message.Get("result_code") == apiv2.Fail && apierror.Final(message.Get("err_code")) {
		state.Revise(callstate.Unknown, callstate.Refused)
	}
}
