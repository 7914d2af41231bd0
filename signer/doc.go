// Package signer signs what a merchant sends to WeChat Pay and verifies what
// WeChat Pay sends back. It knows keys, canonical messages and headers, and
// nothing of clients or middleware, so it serves any HTTP stack.
//
// # Signing
//
//   - [Signer] turns a message into a signature; [New] makes one from any
//     [crypto.Signer]: a key from a file, an HSM, a KMS.
//   - [RequestMessage] is the text that a request signs, [Credential] says who
//     signs, and [Credential.Authorize] yields the Authorization header.
//
// # Verifying
//
//   - [Verifier] judges a signature by key id; [NewVerifier] makes one from a
//     [KeySource], of which [Keys], a map, is the simplest.
//   - [ReplyMessage] is the text that a reply or a webhook signs, and [Check]
//     goes through all that WeChat Pay demands of one: headers, clock, key,
//     signature.
//
// # Pay parameters
//
// What opens a payment in the payer's hands, as structs whose JSON has the names that
// the client takes:
//
//   - [PayJSAPI] (web pages inside of WeChat, mini programs) and [PayApp], for combined
//     orders too, and [Instalment] for a number of instalments chosen in advance;
//   - [H5URL]; a Native order's code_url needs nothing: show it as a QR code as it is;
//   - [ScoreUse], [ScoreDetail], [ScoreEnable], [PayCoupons] and [CouponURL], which
//     the APIv2 key signs, as [SignHMAC] does for others of their kind.
//
// # Keys
//
// [PrivateKey], [PublicKey] and [Certificate] read a [Source] ([File], [FS],
// [Bytes], [Text]) in any of the usual encodings, and name the mend when the
// wrong one is given. [Serial] is a certificate's serial as WeChat Pay writes it.
//
// No error of this package holds key material.
package signer
