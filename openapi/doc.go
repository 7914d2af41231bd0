// Package openapi is every endpoint that WeChat Pay is known to have, with completion:
// 1,018 of API v3 as a typed chain, and those with the 129 of v2 by path and as data. It is
// generated from package catalogue below it, and needed by nothing: [wechatpay.Client.Chain]
// calls any path without it.
//
//	resp, err := openapi.V3(c).Pay().Transactions().JsapiWithContract().Post(ctx, opts)
//	order, err := openapi.V3(c).Pay().Transactions().ID("1217752501201407033233368018").Get(ctx, nil)
//
// # The chain
//
// Each segment of a path is a method, each verb of an endpoint another, and only those that
// it has. Names have one rule: words begin with a capital, hyphens and underscores are left
// out, and id, ids, ip, url, api and http are in capitals, in appid, mchid and openid too
// (AppID, MchID, OpenID).
//
// A variable is a method with an argument, and needs no Vars: Refunds().OutRefundNo("…") for
// refunds/{out_refund_no}. If it is all that can follow a segment, the segment's method has
// the argument: ID("…") for id/{transaction_id}. The argument is percent-encoded, and "", "."
// and ".." are refused by the call. Everything else is said by [wechatpay.Options] as ever.
//
// A chain is a small value that is made without an allocation, immutable, and safe for
// concurrent use. It goes to the host that the documentation gives the endpoint: see
// [wechatpay.Chain.WithBaseURL].
//
// # What goes in, and what comes out
//
// The comment of each verb lists what is known of its fields. They are there as structs too,
// in a package for each first segment, such as openapi/pay: a request for
// [wechatpay.Options].JSON, a query whose method M is for Query, and a reply for
// [wechatpay.As].
//
// # By path, and as data
//
// [Map] has a [wechatpay.Chain] for each path. [Lookup] and [Search] find what is known of an
// endpoint, [Suggest] what a path may have meant, [Validate] what is wrong with a body.
package openapi
