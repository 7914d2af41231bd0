// Package notify receives WeChat Pay's webhooks. It verifies and decrypts them, calls
// your functions, and answers as WeChat Pay expects.
//
//	handler, err := notify.NewHandler(notify.HandlerConfig{
//		Config: notify.Config{Keys: client.PlatformKeys(), APIv3Key: apiV3Key},
//		Routes: map[notify.Route]notify.Func{
//			{EventType: notify.TransactionSuccess, OriginalType: "transaction"}: notify.Typed(settle),
//		},
//	})
//	http.Handle("/notify", handler)
//
// A [Parser] turns a header and a body into an [Event]. It does not depend on a web
// framework. A [Handler] is an [http.Handler] around a Parser. It routes events to
// functions, detects duplicates and answers. [Handler.Serve] fits other frameworks. A
// [MultiHandler] serves several merchants behind one URL.
//
// # APIv2
//
// With Config.APIv2Key, the same Handler serves the notifications of APIv2, which are XML, on
// the same URL. The first byte of the body tells the version, and the answer has its form.
// Their event types begin with V2, as [TransactionSuccessV2], so that they never reach a
// function for v3; their resources decode into [TransactionV2], [RefundV2] and [ContractV2].
// They differ in two points:
//
//   - The notification of a refund is not signed. It is decrypted with the APIv2 key, and
//     what stands beside the encrypted part is not relied on. Query the refund.
//   - A signature covers no time, so that an old notification can be sent again by whoever
//     has it. The Deduplicator acknowledges it without a call while it remembers the ID, which
//     is that of the payment, refund or contract.
//
// # Contracts
//
//   - A function is called only for an event that WeChat Pay signed, or for a refund by APIv2.
//   - An event is acknowledged only after its function succeeded. In all other cases
//     WeChat Pay sends it again.
//   - An event may come twice, late, out of order, or never. Settle orders by the
//     content of the event and your own records, compare the amount, and query the
//     orders for which no event came.
//   - Errors and logs never contain a key or a decrypted resource.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012791861
package notify
