// Package wechatpay calls the WeChat Pay API v3 by its paths: any endpoint, on
// the day it appears, without a release of this library.
//
//	c, err := wechatpay.New(wechatpay.Config{ … })
//	resp, err := c.Chain("v3/pay/transactions/jsapi-with-contract").Post(ctx, &wechatpay.Options{
//		JSON: wechatpay.M{"appid": "wxd678efh567hg6787", … },
//	})
//	fmt.Println(resp.Get("prepay_id"))
//
// # A call, step by step
//
// A [Config] says who calls and whom to trust; [New] checks it and makes a
// [Client]. A [Chain] is a path: [Client.Chain] takes it literally,
// [Client.At] by names as the PHP SDK spells them, and both may hold
// {placeholders}. A verb ([Chain.Get], [Chain.Post], … [Chain.Do]) turns the
// chain and its [Options] into one request, marshalled once, so that the bytes
// signed are the bytes sent.
//
// The request passes the client's stack (retry, failover, verify, log, sign), which
// is open to any [net/http.RoundTripper]: see package middleware. A reply comes back as a
// [Response] only if it is a 2xx and WeChat Pay's signature over it is good.
//
// Each verb has a variant that returns a [Future] at once ([Chain.PostAsync] and its
// like); package future combines futures, and fans out over sequences of any length.
//
// # Errors
//
// There are three types: [*APIError], an error that WeChat Pay answered with;
// [*VerifyError], a reply that cannot be trusted; [*CallError], everything that
// ended a call otherwise, [ErrInvalid] among it: bad input is refused before
// anything is sent. [OutcomeUnknown] reports whether money may have moved.
//
// # Keys
//
// Package keys loads private keys, public keys and certificates; package signer adapts
// hardware and remote signers. With the APIv3 key a client downloads WeChat Pay's
// certificates by itself: see package keys.
//
// # Around the calls
//
// Package notify receives webhooks, verified by the same keys
// ([Client.PlatformKeys]). Package paysign makes the parameters that front ends need. Package sandbox is a gateway for tests that checks, signs
// and notifies as WeChat Pay does.
package wechatpay
