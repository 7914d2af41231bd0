// Package cipher encrypts and decrypts what WeChat Pay wraps in its messages:
// webhook resources and platform certificates, by AES-256-GCM with the merchant's
// APIv3 key.
//
// No error of this package holds a key or a plaintext.
package cipher
