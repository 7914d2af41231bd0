// Package platform keeps the keys that WeChat Pay signs with, and that sensitive
// fields are encrypted to.
//
// A fixed set is [Set]: certificates by serial and public keys by id, side
// by side. A [Keyring] is a set that renews itself: it downloads the platform
// certificates when a reply or a webhook names one that it does not hold, and when
// the newest one nears its end. Both find a key by the serial that was received, tell which
// one encrypts ([Set.EncryptionKey], [Keyring.EncryptionKey]), and fit wherever a [signer.KeySource] does: the
// client's Config, and the webhooks' in package notify.
//
// A client whose Config has an APIv3Key makes a Keyring by itself. Make one of your
// own to keep the certificates in a folder, to renew them by a timetable
// ([Keyring.Start]), or to receive webhooks without a client.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012068829
package keys
