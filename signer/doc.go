// Package signer signs what a merchant sends to WeChat Pay and verifies what WeChat Pay
// sends back. It contains signatures, canonical messages and headers, without an HTTP
// client or middleware, so it serves any HTTP stack.
//
// The smallest program that signs a request:
//
//	key, err := keys.LoadPrivateKey(keys.File("apiclient_key.pem"))
//	if err != nil {
//		return err
//	}
//	s, err := signer.New(key)
//	if err != nil {
//		return err
//	}
//	credential := signer.Credential{ID: mchid, Serial: serial, Signer: s}
//	header, err := credential.Authorize(ctx, signer.Request{
//		Method:    "GET",
//		Target:    "/v3/certificates",
//		Timestamp: strconv.FormatInt(time.Now().Unix(), 10),
//		Nonce:     signer.Nonce(),
//	})
//
// # Signing
//
// A [Signer] signs a message; [New] makes one from any [crypto.Signer]: a key from a
// file, an HSM, a KMS. [RequestMessage] is the message of a [Request], a [Credential]
// identifies who signs, and [Credential.Authorize] returns the Authorization header. A
// Signer of another scheme than [RSA] is a [Schemer].
//
// # Verifying
//
// A [Verifier] verifies a signature by key id; [NewVerifier] makes one from a
// [KeySource]. [ReplyMessage] is the message of a reply or a webhook. [Check] verifies
// everything that WeChat Pay requires: headers, clock, key, signature.
//
// # Contracts
//
//   - All functions and all types that New and NewVerifier return are safe for concurrent
//     use, if the keys behind them are.
//   - Messages, headers and bodies are only read, and none is kept.
//   - Errors wrap a sentinel of this package where one is documented, and contain no key
//     material.
//
// Package keys loads keys; package paysign signs the parameters that open a payment.
package signer
