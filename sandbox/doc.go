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
// Every endpoint of the catalogue. The parameters of a call are checked: required fields, types,
// values, encryption, the digest of an upload, and that the merchant in them is the caller. The
// error names the field. These products follow their rules:
//
//   - orders by JSAPI, App, H5, Native and payment code, of merchants and partners, and combined
//     orders; refunds;
//   - profit sharing, transfers to users, payment score, contracts and deductions, complaints;
//   - the product coupons of a brand: see below;
//   - GET /v3/certificates (and /v3/global/certificates), encrypted with the APIv3 key;
//   - GET /v3/bill/tradebill, fundflowbill and (in encrypted parts)
//     sub-merchant-fundflowbill, of what happened, with their downloads: see [Gateway.PutBill].
//
// One ledger holds their money, so that none is made or lost. Any other endpoint answers in its
// documented shape, and remembers what was posted under a business number. A path that is not
// documented is a 404, or a 405 if only the method is wrong. [Gateway.Handle] adds or replaces
// an endpoint, [Config].Echo answers with the request.
//
// A business number that ends in "_" and an error code, such as order1_SYSTEM_ERROR, gets that
// error before anything happens: see [ProvokedErrors].
//
// [Gateway.Pay] plays the payer, [Gateway.AdvanceClock] lets time pass. [Gateway.Save] and
// [Open] keep all of it in a folder.
//
// # APIv2
//
// The endpoints of APIv2 are served under the same address: XML whose sign is verified by
// [Credentials].APIv2Key, MD5 or HMAC-SHA256, and compared with the catalogue; the reply has the
// digest of the request. What is not taken up gets return_code FAIL, and what is refused an
// err_code: see [ProvokedErrorsV2]. Orders, refunds, bills, contracts and deductions are those of
// v3: an order of one version can be queried, closed and refunded by the other. Red packets
// ([Gateway.ReceiveRedPacket]) and transfers that reach the user at once are played too; other
// endpoints answer in their shape. What was made by APIv2 is told of in XML, until the shop
// answers with return_code SUCCESS.
//
// [Gateway.StartTLS] serves HTTPS, where the endpoints that need it ask for the merchant's
// certificate, which is [Credentials.TLSCertificate]. Over HTTP it is not asked for.
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
