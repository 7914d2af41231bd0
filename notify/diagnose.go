package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// diagnose returns the likely reason why a body was not verified, to append to err, or "".
func diagnose(err error, header http.Header, body []byte) string {
	if errors.Is(err, signer.ErrProbe) || !errors.Is(err, signer.ErrSignature) && !errors.Is(err, signer.ErrMissingHeader) {
		return ""
	}
	if reason := changed(header, body); reason != "" {
		return ": " + reason
	}
	return ""
}

// changed returns what is wrong with a body that WeChat Pay did not sign. It only looks at
// the beginning of the body and at its keys: anybody may have sent it.
func changed(header http.Header, body []byte) string {
	text := bytes.TrimLeft(body, " \t\r\n")
	length, announced := contentLength(header)
	switch {
	case bytes.HasPrefix(text, []byte("<")):
		return "the body is XML, such as a notification of APIv2, which has no signature in its header; set Config.APIv2Key to receive them"
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return "the body is compressed with gzip, but WeChat Pay signs it uncompressed; turn off the compression of the proxy in front"
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return "the body begins with a byte order mark, which WeChat Pay does not send; pass on the raw bytes of the request"
	case bytes.HasPrefix(text, []byte(`"`)):
		return "the body is a JSON string, not an object; pass on the raw bytes of the request, not their JSON"
	case bytes.HasPrefix(text, []byte("eyJ")):
		return "the body is base64; decode it, as API gateways deliver bodies in base64"
	case announced && length != len(body) && len(signer.HeaderValues(header, "Content-Encoding")) == 0:
		return "the body has " + strconv.Itoa(len(body)) + " bytes, but Content-Length is " + strconv.Itoa(length) + "; " + rawBody
	case marshalledAgain(body):
		return "the body looks marshalled again, with other keys or spaces than WeChat Pay's; " + rawBody
	}
	return ""
}

const rawBody = "pass on the raw bytes of the request, as read before any framework parses them"

// maxDiagnosed bounds the work for a body that anybody may have sent.
const maxDiagnosed = 64 << 10

// marshalledAgain reports whether a JSON object has its keys in alphabetical order, as a map
// is marshalled, or is indented. WeChat Pay's begins with its id, on one line.
func marshalledAgain(body []byte) bool {
	if len(body) > maxDiagnosed || !bytes.HasPrefix(body, []byte("{")) || !json.Valid(body) { // gjson's check recurses without bound
		return false
	}
	if strings.ContainsAny(string(body[1:2]), " \t\r\n") || bytes.ContainsRune(body, '\n') {
		return true
	}
	var names []string
	gjson.ParseBytes(body).ForEach(func(name, _ gjson.Result) bool {
		names = append(names, name.Str)
		return len(names) < 10
	})
	return len(names) > 1 && slices.IsSorted(names)
}

// noBody returns the likely reason why there is no body, or "".
func noBody(header http.Header) string {
	if length, announced := contentLength(header); announced && length > 0 {
		return "Content-Length is " + strconv.Itoa(length) + ", so that it was read before; " + rawBody
	}
	if signer.Signed(header) {
		return "it is signed, so that it was probably read before; " + rawBody
	}
	return ""
}

// contentLength returns the length that a header announces, if it is one number.
func contentLength(header http.Header) (length int, announced bool) {
	values := signer.HeaderValues(header, "Content-Length")
	if len(values) != 1 {
		return 0, false
	}
	length, err := strconv.Atoi(values[0])
	return length, err == nil
}
