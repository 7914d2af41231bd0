// Package openapi leads to every endpoint that WeChat Pay is known to have: 1,018 of API v3
// as a typed chain, and those with the 129 of v2 by path and as data. It is generated from
// package catalogue below it, and nothing depends on it: [wechatpay.Client.Chain] calls any
// path without it.
//
//	resp, err := openapi.V3(c).Pay().Transactions().JsapiWithContract().Post(ctx, opts)
//	order, err := pay.New(c).Transactions().ID("1217752501201407033233368018").Get(ctx, nil)
//
// # Products
//
// Each first segment of a path is a product with a package, such as openapi/pay for
// /v3/pay: its chain, and the structs that it takes and gives. [V3] has a method for each
// of them, and compiles them all; New of a product's package compiles that product only.
// Marketing has a package for each second segment.
//
// # The chain
//
// Each segment of a path is a method, each verb of an endpoint another, and only those that
// it has. Names have one rule: words begin with a capital, hyphens and underscores are left
// out, and id, ids, ip, url, api and http are in capitals, in appid, mchid and openid too
// (AppID, MchID, OpenID). Four products have a shorter name, such as Fapiao for
// new-tax-control-fapiao.
//
// A variable is a method with an argument, and needs no Vars: Refunds().OutRefundNo("…") for
// refunds/{out_refund_no}. If it is all that can follow a segment, the segment's method has
// the argument: ID("…") for id/{transaction_id}. The argument is percent-encoded, and "", "."
// and ".." are refused by the call. All else is said by [wechatpay.Options].
//
// A chain is a value that is made without an allocation, immutable, and safe for
// concurrent use. It goes to the host that the documentation gives the endpoint: see
// [wechatpay.Chain.WithBaseURL].
//
// # What goes in, and what comes out
//
// The comment of a verb names the structs for [wechatpay.Options].JSON and Query; a map
// does as well. Where the reply is documented, a verb returns a [wechatpay.Reply] of its
// struct. Structs with the same fields are one type. The comments of fields have their
// Chinese names, and say what is required or encrypted.
//
// # By path, and as data
//
// [Map] has a [wechatpay.Chain] for each path. [Lookup] and [Search] find what is known of an
// endpoint, [Suggest] what a path may have meant, [Validate] what is wrong with a body.
package openapi
