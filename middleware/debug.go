package middleware

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wechatpay-chain/wechatpay/internal/apiv2"
	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// debug writes a signed message line by line, to find the cause of a SIGN_ERROR by
// comparing it with the message in WeChat Pay's detail. The values in the body are masked;
// compare its length and digest.
func debug(w io.Writer, what string, lines []string, body []byte, notes ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s, each line ended by a line feed\n", what)
	for _, line := range lines {
		fmt.Fprintf(&b, "%s\n", line)
	}
	fmt.Fprintf(&b, "%s\n--- body of %d bytes, SHA-256 %x\n", Redact(body), len(body), sha256.Sum256(body))
	for _, note := range notes {
		fmt.Fprintf(&b, "--- %s\n", note)
	}
	_, _ = io.WriteString(w, b.String())
}

// debugSigned dumps the signed message, and the Authorization without its signature.
func debugSigned(r *http.Request, timestamp, nonce, authorization string, body []byte) {
	if w := callstate.InfoOf(r.Context()).Debug; w != nil {
		header, _, _ := strings.Cut(authorization, `,signature="`)
		debug(w, "message signed", []string{method(r), r.URL.RequestURI(), timestamp, nonce}, body,
			"Authorization: "+header+`,signature="…"`)
	}
}

// debugVerified dumps the verified message and the result.
func debugVerified(r *http.Request, resp *http.Response, body []byte, err error) {
	if w := callstate.InfoOf(r.Context()).Debug; w != nil {
		verdict := "good signature by key "
		if err != nil {
			verdict = "NOT VERIFIED: " + errtext.Of(err) + "; key "
		}
		debug(w, "message verified", []string{short(resp.Header.Get(signer.HeaderTimestamp)), short(resp.Header.Get(signer.HeaderNonce))}, body,
			fmt.Sprintf("status %d, request id %s", resp.StatusCode, short(resp.Header.Get("Request-Id"))),
			verdict+short(resp.Header.Get(signer.HeaderSerial)))
	}
}

// debugV2 writes what APIv2 signs, with the values masked: names and lengths are compared with
// what the signature tool of WeChat Pay shows.
func debugV2(w io.Writer, what string, params []signer.Param) {
	lines := make([]string, 0, len(params))
	for _, p := range params {
		value := fmt.Sprintf("<%d characters>", utf8.RuneCountInString(p.Value))
		if slices.Contains(harmlessFields, p.Name) {
			value = p.Value
		}
		lines = append(lines, p.Name+"="+value)
	}
	slices.Sort(lines)
	message := signer.DigestMessage(params)
	debug(w, what, lines, nil, fmt.Sprintf("%d bytes before &key=, SHA-256 %x", len(message), sha256.Sum256([]byte(message))))
}

// debugVerifiedV2 dumps a reply, and whether its sign is right.
func debugVerifiedV2(r *http.Request, resp *http.Response, message apiv2.Message, err error) {
	if w := callstate.InfoOf(r.Context()).Debug; w != nil {
		verdict := "good sign"
		if err != nil {
			verdict = "NOT VERIFIED: " + errtext.Of(err)
		}
		debug(w, "message verified", nil, message.JSON(), fmt.Sprintf("status %d", resp.StatusCode), verdict)
	}
}
