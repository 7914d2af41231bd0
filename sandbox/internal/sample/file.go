package sample

import (
	"crypto/sha1" //nolint:gosec // required by WeChat Pay for bills
	"crypto/sha256"
	"encoding/hex"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// File returns the content of the file whose download_url has a token that Reply made, which
// has the hash_value beside it.
func File(token string) []byte {
	return []byte("交易时间,单号,金额\r\n`2018-06-08 10:34:56,`" + token + ",`1.00\r\n")
}

// hashOf returns the digest of a file by the algorithm of its hash_type. There is no SM3 here:
// in its place stands a SHA-256, which looks the same.
func hashOf(kind, token string) string {
	if kind == "SHA1" {
		sum := sha1.Sum(File(token)) //nolint:gosec // see above
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256(File(token))
	return hex.EncodeToString(sum[:])
}

// hashed makes the hash_value of an object the one of its hash_type.
func (g *generator) hashed(o play.Object, at level) {
	if kind := o.Text("hash_type"); kind != "" && o["hash_value"] != nil && !g.request {
		o["hash_value"] = hashOf(kind, g.token(at))
	}
}

// token names the file of an object of the reply.
func (g *generator) token(at level) string { return g.hex("download_url", at, "", 32) }
