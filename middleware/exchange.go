package middleware

import (
	"net/http"
	"strings"
)

// An exchange is how a request and its successful reply are signed.
type exchange int

const (
	signedExchange exchange = iota // both signed: the rule
	unsignedReply                  // the reply carries no signature
	digestReply                    // the reply signs {"sha1":"…"} of its body, see digestHeader
	plainExchange                  // neither is signed
)

// digestHeader holds the SHA-1 of an overseas statement.
const digestHeader = "Wechatpay-Statement-Sha1"

// exceptions are the exchanges that differ from the rule. A path matches as it is
// escaped on the wire, behind the base URL's prefix or /hk; a final * stands for
// one segment that is not empty.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013071196 for bills; the other
// rows as the official SDKs and the pages of each download have them.
var exceptions = []struct {
	path string
	kind exchange
}{
	{"/v3/billdownload/file", unsignedReply},                // every bill's download_url
	{"/v3/merchant-service/images/*", unsignedReply},        // complaint images; upload is below
	{"/v3/global/merchant-service/images/*", unsignedReply}, // the same overseas
	{"/v3/transferdownload/elecvoucherfile", unsignedReply}, // electronic receipts of transfers
	{"/v3/transferdownload/signfile", unsignedReply},        // the same, by the older route
	{"/v3/new-tax-control-fapiao/download", plainExchange},  // an invoice file
	{"/invoicing/fapiao/fapiao-file", plainExchange},        // the same on pay.wechatpay.cn
	{"/v3/statements", digestReply},                         // overseas statements, as /hk/v3/statements
	{"/v3/global/statements", digestReply},                  // and on the overseas hosts
}

// exchangeOf looks a request up. prefix is what a base URL puts before the path.
func exchangeOf(r *http.Request, prefix string) exchange {
	if r.Method != http.MethodGet && r.Method != "" {
		return signedExchange // all exceptions are downloads; an image's upload is signed
	}
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.EscapedPath(), prefix), "/hk")
	for _, e := range exceptions {
		if matches(path, e.path) {
			return e.kind
		}
	}
	return signedExchange
}

func matches(path, pattern string) bool {
	stem, wild := strings.CutSuffix(pattern, "*")
	if !wild {
		return path == pattern
	}
	segment, found := strings.CutPrefix(path, stem)
	return found && segment != "" && !strings.Contains(segment, "/")
}
