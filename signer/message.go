package signer

import "crypto/rand"

// RequestMessage is the text that a request signs: five lines, each ended by a
// line feed. target is the request target exactly as on the wire (path and
// query, percent-encoding kept, no host), body the bytes on the wire, or the
// meta part's JSON of an upload.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365336
func RequestMessage(method, target, timestamp, nonce string, body []byte) []byte {
	m := make([]byte, 0, len(method)+len(target)+len(timestamp)+len(nonce)+len(body)+5)
	m = appendLine(m, method)
	m = appendLine(m, target)
	m = appendLine(m, timestamp)
	m = appendLine(m, nonce)
	return append(append(m, body...), '\n')
}

// ReplyMessage is the text that a reply or a webhook signs: timestamp, nonce and
// raw body, each ended by a line feed. An empty body leaves its line empty.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func ReplyMessage(timestamp, nonce string, body []byte) []byte {
	m := make([]byte, 0, len(timestamp)+len(nonce)+len(body)+3)
	m = appendLine(m, timestamp)
	m = appendLine(m, nonce)
	return append(append(m, body...), '\n')
}

func appendLine(m []byte, line string) []byte { return append(append(m, line...), '\n') }

// Nonce is a fresh random string of at least 128 bits, of letters and digits,
// without bias, from crypto/rand.
func Nonce() string { return rand.Text() }
