// Package wechatpay calls the WeChat Pay API. Any endpoint is called by the path in its
// documentation, signed, and its reply verified.
//
//	c, err := wechatpay.New(wechatpay.Config{ … })
//	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{
//		JSON: wechatpay.M{"appid": "wxd678efh567hg6787", … },
//	})
//	fmt.Println(resp.Get("prepay_id"))
//
// # A call, step by step
//
//   - A [Config] names the caller and the keys to trust. [New] checks it and returns a
//     [Client].
//   - A [Chain] is a path. [Client.Chain] takes it literally, [Client.At] by names as the
//     PHP SDK spells them. Both may contain {placeholders}. Package openapi has a typed
//     chain for each known endpoint.
//   - A verb ([Chain.Get], [Chain.Post], [Chain.Do] and so on) makes one request of the
//     chain and its [Options]. The body is marshalled once: the bytes signed are the bytes
//     sent.
//   - The request passes the stack of package middleware: retry, failover, verify, log,
//     sign. Any [net/http.RoundTripper] can be added.
//   - A [Response] is returned only for a 2xx that WeChat Pay signed; the downloads that
//     carry no signature are the exception. A [Reply] is a Response with a type.
//   - Each verb has a variant that returns a [Future] at once, such as [Chain.PostAsync].
//     Package future combines futures and fans out.
//   - [Chain.Download] saves a bill to a file, whole or not at all.
//
// # Errors
//
//   - [*APIError]: WeChat Pay answered with an error.
//   - [*VerifyError]: the reply cannot be trusted.
//   - [*CallError]: every other failure. It wraps [ErrInvalid] if the call was refused
//     before it was sent, and it wraps a VerifyError.
//
// [OutcomeUnknown] reports whether money may have moved.
//
// # Other packages
//
// Package keys loads keys and renews platform certificates; package signer adapts hardware
// and remote signers. Package notify receives notifications, with the same keys
// ([Client.PlatformKeys]). Package paysign signs the parameters that open a payment.
// Package media has uploads and bills. Package sandbox is an offline WeChat Pay for tests.
package wechatpay

// Version is the version of this library, as sent in the User-Agent header.
const Version = "0.1.0"
