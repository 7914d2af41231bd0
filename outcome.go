package wechatpay

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/apierror"
	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// ready downloads the keys before the first request that may take effect. If they were
// missing when its reply arrives, its outcome would be unknown.
func (c *call) ready() error {
	ring := c.client.keyring
	if ring == nil || c.v2 != nil || httprule.IsSafe(c.state.Request.Method) || !ring.Empty() {
		return nil
	}
	err := ring.Refresh(&c.state)
	if err == nil && ring.Empty() {
		err = keys.ErrNoCertificates
	}
	if err != nil {
		return fmt.Errorf("%w: no key to verify the reply: %w", middleware.ErrNotSent, err)
	}
	return nil
}

// maybeSent reports whether a call that failed with err may have taken effect. If the call
// never reached the transport, only ErrNotSent proves that no middleware sent it.
func (c *call) maybeSent(err error) bool {
	var settled *DecryptError
	if errors.As(err, &settled) && settled.Response.Verified || c.reads() {
		return false
	}
	unknown, started := c.state.Sends()
	return unknown > 0 || !started && !errors.Is(err, middleware.ErrNotSent)
}

// reads reports whether a call takes no effect.
func (c *call) reads() bool {
	return httprule.IsSafe(c.state.Request.Method) || c.v2 != nil && c.v2.Facts.Query
}

// apiError returns the error of a reply that is not 2xx.
func (c *call) apiError(reply *Response) *APIError {
	e := newAPIError(c.state.Route, c.state.Request.Method, reply)
	e.Attempts, e.Stopped = c.state.Attempts()
	e.noRefusal = !c.refuses(reply)
	if c.v2 != nil {
		c.explainV2(e)
	}
	e.earlier = c.earlierSend(e)
	if query := c.query(); query != "" && e.OutcomeUnknown() {
		e.next = strings.TrimSuffix(query+"; "+e.next, "; ")
	}
	if e.Code == "SIGN_ERROR" {
		e.next = fmt.Sprintf("check that %s is the serial of the API certificate that belongs to the private key, and that both are those of %s; "+
			"Options.Debug prints the signed message, to compare it with the detail", c.client.serial, c.client.callerID)
	}
	if hint := c.client.hint; e.StatusCode == http.StatusNotFound && hint != nil {
		e.Hint = hint(c.state.Request.Method, e.Path)
	}
	return e
}

// explainV2 sets the error of a reply of APIv2.
func (c *call) explainV2(e *APIError) {
	failure := c.v2.Failure()
	e.Code, e.Message = failure.Code, failure.Message
	e.refused, e.reads = e.Verified && c.v2.Refuses(), c.v2.Facts.Query
	switch {
	case e.Code+e.Message == "" && e.StatusCode/100 == 2 && c.v2.Facts.File:
		e.Message = "XML without an error came in place of a file"
	case e.Code+e.Message == "" && e.StatusCode/100 == 2:
		e.Message = "the reply has no return_code"
	case e.Code == "CA_ERROR":
		e.next = c.certificateNext("")
	case strings.Contains(e.Message, "签名错误") || e.Code == "SIGNERROR":
		e.next = "check that Config.APIv2Key is the key in the merchant console, and that one sign_type is used throughout; Options.Debug prints what was signed"
	}
	if page := apiv2.CertificatePage(e.StatusCode, e.Response.data); page != "" {
		e.Message, e.refused = page, true
		e.next = "the request was not passed on: " + c.certificateNext(page)
	}
}

// certificateNext says what to do about a certificate that WeChat Pay misses or does not accept.
func (c *call) certificateNext(page string) string {
	switch {
	case page == apiv2.WrongCertificate:
		return fmt.Sprintf("WeChat Pay does not accept the certificate; use the current one of merchant %s from the merchant console", c.client.callerID)
	case c.v2.Facts.MutualTLS:
		return "Config.Certificate did not arrive; what ends TLS on the way, such as a reverse proxy, has to present it"
	}
	return "the endpoint asks for the merchant's certificate; set Config.Certificate, and leave Options.V2.MutualTLS unset or true " +
		"(Features.MutualTLS of openapi.Lookup tells which endpoints ask)"
}

// query names the query that tells an unknown outcome. It is empty if none is known.
func (c *call) query() string {
	if c.v2 == nil || c.v2.Facts.Ask == "" {
		return ""
	}
	return "whether it took effect tells v2/" + c.v2.Facts.Ask
}

// contradicts reports whether the body of a 2xx is an error, as the signature proves: it does
// not cover the status.
func (c *call) contradicts(reply *Response) bool {
	if c.v2 != nil {
		return !c.v2.Succeeded(reply.data)
	}
	if !reply.Verified || apierror.Code(reply.data) == "" {
		return false
	}
	request := c.state.Request
	return apierror.Contradicts(request.Method, request.URL.EscapedPath(), reply.data)
}

// refuses reports whether the body of a 4xx proves that the call had no effect.
func (c *call) refuses(reply *Response) bool {
	request := c.state.Request
	return apierror.Refuses(request.Method, request.URL.EscapedPath(), reply.data)
}

// earlierSend reports whether another attempt than the answered one may have taken effect.
// The outcome of the answered one still counts as unknown, unless its answer proves that it had no
// effect.
func (c *call) earlierSend(e *APIError) bool {
	unknown, _ := c.state.Sends()
	if !e.settles() {
		unknown--
	}
	return unknown > 0
}
