// Package signmistake finds out what a client signed in place of the message that it should have.
package signmistake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// Explain says why a signature does not match: what the client signed in place of the message,
// if it is one of the usual mistakes, and the first byte where the two differ. r has the method,
// the RequestURI, the URL and the Host of the request; signed is what the signature covers of its
// body, and verify takes a message for the signed one or not.
func Explain(ctx context.Context, r *http.Request, auth signer.Authorization, signed []byte, verify func(message []byte) error) string {
	const most = 64 << 10 // anybody may send a body: a longer one is not tried in a dozen ways
	if len(signed) > most {
		return "the body is too long to tell what the client signed instead"
	}
	right := signer.Request{Method: r.Method, Target: r.RequestURI, Timestamp: auth.Timestamp, Nonce: auth.Nonce, Body: signed}
	want := signer.RequestMessage(right)
	for _, guess := range mistakes(r, right, want) {
		if ctx.Err() != nil {
			break
		}
		if verify(guess.message) == nil {
			at := firstDifference(want, guess.message)
			return fmt.Sprintf("the client signed %s: byte %d is %s, and should be %s", guess.what, at, around(guess.message, at), around(want, at))
		}
	}
	return "no usual mistake gives this signature: it is by another key, or over another message"
}

// A mistake is a message that clients sign by mistake.
type mistake struct {
	what    string
	message []byte
}

func mistakes(r *http.Request, right signer.Request, want []byte) []mistake {
	with := func(what string, change func(*signer.Request)) mistake {
		wrong := right
		change(&wrong)
		return mistake{what, signer.RequestMessage(wrong)}
	}
	path, _, _ := strings.Cut(right.Target, "?")
	list := []mistake{
		{"a message without the line break at its end", bytes.TrimSuffix(want, []byte("\n"))},
		{"lines that end in CR LF", bytes.ReplaceAll(want, []byte("\n"), []byte("\r\n"))},
		with("the path without its query", func(q *signer.Request) { q.Target = path }),
		with("the whole URL, not the path alone", func(q *signer.Request) { q.Target = "http://" + r.Host + q.Target }),
		with("the whole URL, not the path alone", func(q *signer.Request) { q.Target = "https://" + r.Host + q.Target }),
		with("the method in lower case", func(q *signer.Request) { q.Method = strings.ToLower(q.Method) }),
		with("no body", func(q *signer.Request) { q.Body = nil }),
		with("a body with a line break more at its end", func(q *signer.Request) { q.Body = append(bytes.Clone(q.Body), '\n') }),
		with("a body without the spaces around it", func(q *signer.Request) { q.Body = bytes.TrimSpace(q.Body) }),
	}
	if decoded, err := url.PathUnescape(right.Target); err == nil {
		list = append(list, with("the path decoded, not as it is sent", func(q *signer.Request) { q.Target = decoded }))
	}
	var compact, escaped bytes.Buffer
	if json.Compact(&compact, right.Body) == nil {
		json.HTMLEscape(&escaped, compact.Bytes())
		list = append(list,
			with("the JSON without its spaces, not as it is sent", func(q *signer.Request) { q.Body = compact.Bytes() }),
			with("the JSON with <, > and & escaped, not as it is sent", func(q *signer.Request) { q.Body = escaped.Bytes() }))
	}
	if parsed, err := url.ParseQuery(r.URL.RawQuery); err == nil && r.URL.RawQuery != "" {
		list = append(list, with("the query in another order or encoding", func(q *signer.Request) { q.Target = path + "?" + parsed.Encode() }))
	}
	return list
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// around quotes a few bytes from an index on.
func around(message []byte, at int) string {
	if at >= len(message) {
		return "the end"
	}
	return fmt.Sprintf("%.12q", message[at:])
}
