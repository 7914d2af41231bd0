// Package openapi has a typed chain for every documented endpoint of API v3, 1,018 of them,
// of the brand API, 30, and of APIv2, 129; and the catalogue of these. It is generated from
// package catalogue. Nothing depends on it: [wechatpay.Client.Chain] calls any path without
// it.
//
//	resp, err := openapi.V3(c).Pay().Transactions().JsapiWithContract().Post(ctx, opts)
//	paid, err := openapi.V2(c).Pay().Micropay().Post(ctx, &wechatpay.Options{XML: payv2.MicropayPostRequest{…}})
//	order, err := pay.New(c).Transactions().ID("1217752501201407033233368018").Get(ctx, nil)
//
// # Products
//
// The first segment of a path is a product. Each product is a package, such as openapi/pay
// for /v3/pay, with its chain and the structs of its requests and replies. [V3] has a method
// for each product and compiles them all. New of a product's package compiles that product
// only. Marketing has a package for each second segment. [Brand] is for the client of a
// brand; what V3 has under Brand is for partners.
//
// [V2] is APIv2. Its packages are below openapi/v2, three of them with a v2 in their names,
// because v3 has them too: payv2, papayv2 and vehiclev2. An address that a browser is sent to
// has the method BrowserURL.
//
// # Names
//
// A segment of a path is a method, and so is each HTTP method of an endpoint. Words begin
// with a capital; hyphens and underscores are removed; id, ids, ip, url, api and http are in
// capitals, also in appid, mchid and openid (AppID, MchID, OpenID). Four products have a
// shorter name, such as Fapiao for new-tax-control-fapiao.
//
// A variable is a method with an argument: Refunds().OutRefundNo("…") for
// refunds/{out_refund_no}. If nothing else can follow a segment, the method of the segment
// takes the argument: ID("…") for id/{transaction_id}. Arguments are percent-encoded. The
// call refuses "", "." and "..". Everything else is in [wechatpay.Options].
//
// A chain is an immutable value, safe for concurrent use; a step does not allocate. It calls
// the host that the endpoint is documented with: see [wechatpay.Chain.WithBaseURL].
//
// # Requests and replies
//
// The comment of a method names the structs for [wechatpay.Options].JSON and Query; a map
// works too. A call refuses the struct of another endpoint. If the reply is documented, the
// method returns a [wechatpay.Reply] of its struct. Structs with the same fields are one
// type. Comments of fields have their Chinese names, and mark required and encrypted fields.
//
// In APIv2, the structs are for [wechatpay.Options].XML. They have no sign, and what the client
// fills in may be left out: the merchant id, nonce_str and sign_type. A field that holds JSON
// text is the object in it. The numbered fields of a reply, coupon_id_0 and so on, are one
// list, CouponIDN, after their documented name coupon_id_$n; coupon_refund_id_$n_$m is a list
// of lists, CouponRefundIDNM.
//
// # The catalogue
//
// [Map] has a [wechatpay.Chain] for each path; those of APIv2 begin with v2/. [Lookup] and [Search] find endpoints,
// [Suggest] corrects a path, [Validate] checks the options of a call.
package openapi
