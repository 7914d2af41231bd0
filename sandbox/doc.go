// Package sandbox is an embedded WeChat Pay gateway, for examples and tests. Keys,
// signatures and HTTP on loopback are real; only the money is not.
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
// Every request: method, exact request target, timestamp, nonce (once only),
// body and serial, by the Authorization header. A wrong one is answered with 401
// SIGN_ERROR, unsigned, as WeChat Pay does, with the message that it verified in
// the detail. Every other reply is signed: with the public key if the request names it in
// Wechatpay-Serial, otherwise with the key of the platform certificate.
//
// # Endpoints
//
//   - POST /v3/pay/transactions/jsapi-with-contract, with its fields checked
//     against the documentation;
//   - GET /v3/pay/transactions/id/{transaction_id} and
//     /v3/pay/transactions/out-trade-no/{out_trade_no};
//   - POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close;
//   - GET /v3/certificates (and /v3/global/certificates), encrypted with the APIv3 key;
//   - GET /v3/bill/tradebill, fundflowbill and (in encrypted parts)
//     sub-merchant-fundflowbill, with the downloads behind them: see [Gateway.PutBill];
//   - uploads, to any path: the digest in the meta part must be that of the file;
//   - any other path with a segment v3 is answered with an echo of the request;
//   - [Gateway.Handle] adds or replaces an endpoint.
//
// Fields that are documented as encrypted are decrypted with the key that the request
// names, and refused if they cannot be.
//
// [Gateway.Pay], or an unsigned POST /_sandbox/pay/{out_trade_no}, pays an order.
//
// # Webhooks
//
// [Gateway.Deliver] sends notifications, signed and encrypted, to a URL, and again by
// WeChat Pay's retry schedule, scaled down: with duplicates, out of order, with
// forged, stale or probing signatures ([WebhookFaults]). [Gateway.PaidNotification]
// is that of an order.
//
// # Key rotation
//
// [Gateway.IssueCertificate], [Gateway.UseCertificate], [Gateway.WithdrawCertificate]
// and [Gateway.SwitchToPublicKey] rotate the keys of the platform.
//
// # Faults
//
// A request with the header Sandbox-Fault is processed, and its reply is then made
// faulty. Only rate-429 is not processed. See [Faults].
package sandbox
