package signer

import "crypto/rand"

// A Request is what the signature of an HTTP request covers.
type Request struct {
	Method string // such as "POST"
	// Target is the request target exactly as sent: path and query, percent-encoding
	// kept, without the host.
	Target    string
	Timestamp string // in Unix seconds
	Nonce     string // used once; see [Nonce]
	// Body is the body exactly as sent, or the JSON of an upload's meta part. It is
	// only read.
	Body []byte
}

// RequestMessage returns the canonical message that a request signs: five lines, each
// ended by a line feed.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012365336
func RequestMessage(r Request) []byte {
	m := make([]byte, 0, len(r.Method)+len(r.Target)+len(r.Timestamp)+len(r.Nonce)+len(r.Body)+5)
	return append(append(appendRequest(m, r), r.Body...), '\n')
}

// appendRequest appends all of the message of a request but the line of its body.
func appendRequest(m []byte, r Request) []byte {
	m = appendLine(m, r.Method)
	m = appendLine(m, r.Target)
	m = appendLine(m, r.Timestamp)
	return appendLine(m, r.Nonce)
}

// ReplyMessage returns the canonical message that a reply or a webhook signs: timestamp,
// nonce and raw body, each ended by a line feed. An empty body leaves its line empty.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func ReplyMessage(timestamp, nonce string, body []byte) []byte {
	m := make([]byte, 0, len(timestamp)+len(nonce)+len(body)+3)
	return append(append(appendReply(m, timestamp, nonce), body...), '\n')
}

// appendReply appends all of the message of a reply but the line of its body.
func appendReply(m []byte, timestamp, nonce string) []byte {
	return appendLine(appendLine(m, timestamp), nonce)
}

func appendLine(m []byte, line string) []byte { return append(append(m, line...), '\n') }

// Nonce returns a random string of letters and digits with at least 128 bits from
// crypto/rand. It is safe for concurrent use.
func Nonce() string { return rand.Text() }
