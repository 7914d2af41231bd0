// Package cipher encrypts and decrypts what WeChat Pay wraps in its messages.
//
//   - [Seal] and [Open]: AES-256-GCM with the merchant's APIv3 key, for webhook
//     resources and platform certificates; [OpenBytes] for the parts of encrypted bills.
//   - [Encrypt] and [Decrypt]: RSA-OAEP of one sensitive field, to WeChat Pay's key
//     upward and to the merchant's downward; [Fields] are those of a JSON text.
//   - [OpenLegacyECB]: the refund notices of API v2.
//   - [Secret]: a key or pass phrase that prints as "[redacted]".
//
// No error of this package holds a key or a plaintext.
package cipher
