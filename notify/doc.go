// Package notify receives WeChat Pay's webhooks: it verifies, decrypts, and hands
// over what nobody can have forged.
//
// A [Parser] turns a header and a body into an [Event]; it knows no web framework. A
// [Handler] is an [http.Handler] around it that routes events to functions of yours,
// recognises duplicates and answers as WeChat Pay expects.
//
// Webhooks may come twice, late, out of order, or not at all: settle an order by what
// the event says of it and by what you hold of it, compare the amount, and query the
// orders that no event came for.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791861
package notify
