// Package cipher encrypts and decrypts the encrypted parts of WeChat Pay's messages.
//
//	plaintext, err := cipher.DecryptResource(apiV3Key, cipher.Resource{
//		Nonce: nonce, AssociatedData: associatedData, Ciphertext: ciphertext,
//	})
//
// # Which function
//
//   - [DecryptResource] and [EncryptResource]: AES-256-GCM with the merchant's APIv3 key,
//     for notifications and platform certificates; [DecryptBytes] for parts of encrypted
//     bills.
//   - [Encrypt] and [Decrypt]: RSA-OAEP of one sensitive field, with WeChat Pay's key in
//     requests and the merchant's key in replies. [Fields] selects fields of a JSON text.
//   - [DecryptLegacyECB]: the refund notifications of API v2.
//   - [Secret]: a key or pass phrase that prints as "[redacted]".
//
// # Contracts
//
//   - No error contains a key or a plaintext.
//   - The functions are safe for concurrent use.
package cipher
