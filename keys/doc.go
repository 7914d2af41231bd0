// Package keys loads keys and certificates, and holds the platform keys: those that
// WeChat Pay signs with and that sensitive fields are encrypted with.
//
// The smallest program loads the merchant's private key and WeChat Pay's public key:
//
//	private, err := keys.LoadPrivateKey(keys.File("apiclient_key.pem"))
//	if err != nil {
//		return err
//	}
//	public, err := keys.LoadPublicKey(keys.File("pub_key.pem"))
//	if err != nil {
//		return err
//	}
//	c, err := wechatpay.New(wechatpay.Config{
//		MchID: mchid, Serial: serial, PrivateKey: private,
//		PlatformKeys: keys.Set{"PUB_KEY_ID_…": public},
//	})
//
// # Loading
//
// [LoadPrivateKey], [LoadPublicKey] and [LoadCertificate] read a [Source] ([File], [FS],
// [Bytes], [Text]) in any usual encoding. Their errors name the source and the fix.
//
// # Platform keys
//
// A [Set] is fixed: certificates by serial and public keys by id. A [Keyring] renews
// itself: it downloads the platform certificates when a reply or a webhook names one that
// it does not hold, and when the newest one nears its end. Whoever sends forged webhooks
// causes one download a minute at most, and none that a call would need. Both are a
// [signer.KeySource], a [Lister] and an [EncryptionKeySource], for the client's Config and
// for package notify.
//
// A client whose Config has an APIv3Key makes a Keyring itself. Make one to store the
// certificates in a folder, to renew them in the background ([Keyring.Start]), or to
// receive webhooks without a client.
//
// # Contracts
//
//   - Everything in this package is safe for concurrent use. A Set, and the data behind a
//     Source, must not be changed while in use.
//   - A Keyring uses the network only in Key, EncryptionKey, Refresh and after Start.
//     Close ends that.
//   - No error, log record or printed value contains a private key, a pass phrase or the
//     APIv3 key.
//
// The platform certificates: https://pay.weixin.qq.com/doc/v3/merchant/4012068829
//
// Moving to the public key: https://pay.weixin.qq.com/doc/v3/merchant/4012154180
package keys
