package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/signer"
)

// FaultHeader is the request header that names a fault of the reply. The request is
// processed first: an order is created although its reply is faulty. Only rate-429
// comes before processing, as at WeChat Pay.
const FaultHeader = "Sandbox-Fault"

const notAccepted = "rate-429"

// signatureFaults by name. Each changes a message that is signed already.
var signatureFaults = map[string]func(*Reply){
	"unsigned": func(r *Reply) {
		for _, name := range []string{signer.HeaderSerial, signer.HeaderTimestamp, signer.HeaderNonce, signer.HeaderSignature} {
			r.Header.Del(name)
		}
	},
	"no-serial":    func(r *Reply) { r.Header.Del(signer.HeaderSerial) },
	"no-timestamp": func(r *Reply) { r.Header.Del(signer.HeaderTimestamp) },
	"no-nonce":     func(r *Reply) { r.Header.Del(signer.HeaderNonce) },
	"two-nonces":   func(r *Reply) { r.Header.Add(signer.HeaderNonce, "another") },
	"past":         func(r *Reply) { r.shift(-signer.Tolerance - 10*time.Second) },
	"future":       func(r *Reply) { r.shift(signer.Tolerance + 10*time.Second) },
	"timeless":     func(r *Reply) { r.Header.Set(signer.HeaderTimestamp, "now") },
	"unknown-key":  func(r *Reply) { r.Header.Set(signer.HeaderSerial, "5157F09EFDC096DE15EBE81A47057A7232F1B8E1") },
	"other-scheme": func(r *Reply) {
		other := signer.Brand.Name
		if r.Header.Get(signer.HeaderSignatureType) == other {
			other = signer.RSA.Name
		}
		r.Header.Set(signer.HeaderSignatureType, other)
	},
	"tampered": func(r *Reply) { r.Body = append(slices.Clone(r.Body), ' ') },
	"garbled":  func(r *Reply) { r.Header.Set(signer.HeaderSignature, "not base64!") },
	"probe": func(r *Reply) {
		signature := r.Header.Get(signer.HeaderSignature)
		r.Header.Set(signer.HeaderSignature, "WECHATPAY/SIGNTEST/"+signature[min(19, len(signature)):])
	},
}

// replyFaults are the faults of the connection and of an intermediate gateway.
var replyFaults = map[string]func(*Reply){
	"truncated": func(r *Reply) { r.cut = true },
	"drop":      func(r *Reply) { r.drop = true },
	"html-502": func(r *Reply) {
		r.become(http.StatusBadGateway, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
	},
	"empty-500": func(r *Reply) { r.become(http.StatusInternalServerError, "", "") },
	"redirect": func(r *Reply) {
		r.become(http.StatusFound, "text/html", "")
		r.Header.Set("Location", "https://example.com/")
	},
	"unsigned-400": func(r *Reply) {
		r.become(http.StatusBadRequest, "application/json", `{"code":"PARAM_ERROR","message":"参数错误"}`)
	},
	notAccepted: func(r *Reply) {
		r.become(http.StatusTooManyRequests, "application/json", `{"code":"RATELIMIT_EXCEEDED","message":"请求过于频繁"}`)
	},
}

// Faults returns the faults that [FaultHeader] may name:
//
//   - of the signature: unsigned, no-serial, no-timestamp, no-nonce, two-nonces,
//     past and future (well signed, more than 5 minutes off), timeless,
//     unknown-key, other-scheme (a brand's for a merchant, or the reverse), tampered
//     (the body has one byte more), garbled, probe (WECHATPAY/SIGNTEST/);
//   - of the connection: truncated, drop (no reply at all);
//   - of an intermediate gateway, unsigned: html-502, empty-500, unsigned-400,
//     rate-429, redirect.
//
// It may also name one of [BillFaults].
func Faults() []string { return slices.Sorted(maps.Keys(faults)) }

var faults = merged(signatureFaults, replyFaults)

const (
	wrongKey      = "wrong-key"
	wrongAPIv3Key = "wrong-apiv3-key"
)

// WebhookFaults returns the faults of a webhook: the signature faults of [Faults];
// wrong-key, signed with another key under the id of a platform key; and
// wrong-apiv3-key, with a valid signature but encrypted with another key.
func WebhookFaults() []string { return slices.Sorted(maps.Keys(webhookFaults)) }

var webhookFaults = merged(signatureFaults, map[string]func(*Reply){
	wrongKey: nil, wrongAPIv3Key: nil, // done before the message is signed
})

func merged(tables ...map[string]func(*Reply)) map[string]func(*Reply) {
	all := map[string]func(*Reply){}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func spoil(r *Reply, name string) {
	switch fault := faults[name]; {
	case fault != nil:
		fault(r)
	case name != "" && !slices.Contains(BillFaults(), name):
		r.become(http.StatusNotImplemented, "text/plain", "sandbox: unknown fault")
	}
}

// become returns the unsigned reply of an intermediate gateway.
func (r *Reply) become(status int, contentType, body string) {
	r.Status, r.Body, r.Header = status, []byte(body), http.Header{"Content-Type": {contentType}}
}

// shift signs the reply again, with another timestamp.
func (r *Reply) shift(by time.Duration) {
	at, err := strconv.ParseInt(r.Header.Get(signer.HeaderTimestamp), 10, 64)
	if err == nil { // a 401 is not signed
		r.resign(strconv.FormatInt(at+int64(by/time.Second), 10))
	}
}
