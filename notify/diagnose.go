package notify

import (
	"bytes"
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
	announced := headerValue(header, "Content-Length")
	length, err := strconv.Atoi(announced)
	switch {
	case bytes.HasPrefix(text, []byte("<")):
		return "the body is XML, such as a notification of APIv2, which has no signature in its header; give APIv2 another notify_url"
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return "the body is compressed with gzip, but WeChat Pay signs it uncompressed; turn off the compression of the proxy in front"
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return "the body begins with a byte order mark, which WeChat Pay does not send; pass on the raw bytes of the request"
	case bytes.HasPrefix(text, []byte(`"`)):
		return "the body is a JSON string, not an object; pass on the raw bytes of the request, not their JSON"
	case bytes.HasPrefix(text, []byte("eyJ")):
		return "the body is base64; decode it, as API gateways deliver bodies in base64"
	case err == nil && length != len(body) && headerValue(header, "Content-Encoding") == "":
		return "the body has " + strconv.Itoa(len(body)) + " bytes, but Content-Length is " + strconv.Itoa(length) + "; " + rawBody
	case marshalledAgain(body):
		return "the body looks marshalled again, with other keys or spaces than WeChat Pay's; " + rawBody
	}
	return ""
}

const rawBody = "pass on the raw bytes of the request, as read before any framework parses them"

// marshalledAgain reports whether a JSON object has its keys in alphabetical order, as a map
// is marshalled, or is indented. WeChat Pay's begins with its id, on one line.
func marshalledAgain(body []byte) bool {
	if !bytes.HasPrefix(body, []byte("{")) || !gjson.ValidBytes(body[:min(len(body), 64<<10)]) {
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
	if n := headerValue(header, "Content-Length"); n != "" && n != "0" {
		return "Content-Length is " + n[:min(len(n), 20)] + ", so that it was read before; " + rawBody
	}
	if signer.Signed(header) {
		return "it is signed, so that it was probably read before; " + rawBody
	}
	return ""
}

// headerValue returns the first value of a header in any case.
func headerValue(header http.Header, name string) string {
	for key, values := range header {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
