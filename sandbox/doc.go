// Package sandbox is an offline WeChat Pay: for examples, for the tests of this library,
// and for the tests of programs that use it. Keys, signatures and HTTP are real; the money
// is not.
//
//	gateway, err := sandbox.New(sandbox.Config{})
//	server, err := gateway.Start()
//	defer server.Close()
//	// server.URL and gateway.Credentials() are what a client's Config needs.
//
// In a test, package sandboxtest does that in one line.
//
// # What it verifies
//
// The Authorization header of every request: method, exact request target, timestamp,
// nonce (each only once), body and serial. A request that fails is answered as WeChat Pay
// does, with an unsigned 401 SIGN_ERROR that has the verified message in its detail. Every
// other reply is signed: with the public key if the request names it in Wechatpay-Serial,
// otherwise with the platform certificate's key.
//
// # What it serves
//
//   - POST /v3/pay/transactions/jsapi-with-contract, with its fields checked
//     against the documentation;
//   - GET /v3/pay/transactions/id/{transaction_id} and
//     /v3/pay/transactions/out-trade-no/{out_trade_no};
//   - POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close;
//   - GET /v3/certificates (and /v3/global/certificates), encrypted with the APIv3 key;
//   - GET /v3/bill/tradebill, fundflowbill and (in encrypted parts)
//     sub-merchant-fundflowbill, with their downloads: see [Gateway.PutBill];
//   - the product coupons of a brand, /brand/marketing/product-coupon/…: see below;
//   - uploads, to any path: the digest in the meta part must be that of the file;
//   - any other endpoint of the catalogue: the reply echoes the request; a path that is not
//     documented is a 404, or a 405 if only the method is wrong, unless [Config].Echo is set;
//   - whatever [Gateway.Handle] adds or replaces.
//
// Fields that are documented as encrypted are decrypted with the key that the request
// names, and refused if that fails.
//
// [Gateway.Pay] plays the payer, [Gateway.AdvanceClock] lets time pass.
//
// # Other languages
//
// A control API below /_sandbox/v1/ plays the payer, time and WeChat Pay for programs in any
// language, with a token: see [Gateway.ControlToken]. It lists its actions.
//
// # The brand
//
// Beside the merchant the gateway knows a brand, [Credentials].Brand, which has no key in
// common with it. A path that begins with /brand/ takes the scheme and the keys of the brand
// only. Its product coupons live: coupons, stocks and bundles, budgets, codes, stores, and what
// users hold, with the refusals of WeChat Pay, whose number stands at the end of Request-ID.
// Pictures must have been uploaded. [Gateway.ReceiveCoupon], [Gateway.ClaimCoupon],
// [Gateway.DeleteCoupon] and [Gateway.PauseStock] play the user and WeChat Pay. The events of
// coupons are sent by themselves, to the address that the brand has set: see [Webhooks].
//
// # Webhooks
//
// [Gateway.Deliver] sends notifications, signed and encrypted, to a URL, and repeats them
// by WeChat Pay's retry schedule, scaled down: with duplicates, out of order, with forged,
// stale or probing signatures ([WebhookFaults]). [Gateway.PaidNotification] is that of an
// order.
//
// # Key rotation
//
// [Gateway.IssueCertificate], [Gateway.UseCertificate], [Gateway.WithdrawCertificate] and
// [Gateway.SwitchToPublicKey] play the rotation of WeChat Pay's keys.
//
// # Faults
//
// A request with the header Sandbox-Fault is processed, and its reply is then made faulty.
// Only rate-429 is not processed. See [Faults]. [Gateway.Arm] does it for clients that cannot
// send a header, and gives documented errors.
//
// # What went wrong
//
// [Config].Logger gets a line for each request that was refused; for a signature, with what the
// client seems to have signed instead. [Gateway.Exchanges] are the last requests and replies.
package sandbox
