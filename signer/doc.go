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
//     [KeyFinder], of which [Keys], a map, is the simplest.
//   - [ReplyMessage] is the text that a reply or a webhook signs, and [Check]
//     goes through all that WeChat Pay demands of one: headers, clock, key,
//     signature.
//
// # Keys
//
// [PrivateKey], [PublicKey] and [Certificate] read a [Source] ([File], [FS],
// [Bytes], [Text]) in any of the usual encodings, and name the mend when the
// wrong one is given. [Serial] is a certificate's serial as WeChat Pay writes it.
//
// No error of this package holds key material.
package signer
