package signer

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A Credential is who signs requests: a merchant (or a service provider or a
// brand), the serial of its API certificate, and the key behind it. It is a
// plain value, safe for concurrent use as long as its Signer is.
type Credential struct {
	ID     string // the caller's mchid, or the brand_id of a brand
	Serial string // serial of the caller's API certificate, upper-case hex
	Signer Signer
}

// Authorize signs a request and returns its Authorization header. The arguments
// are those of [RequestMessage]; timestamp is in Unix seconds and nonce is
// fresh: WeChat Pay refuses one that is used again.
func (c Credential) Authorize(ctx context.Context, method, target, timestamp, nonce string, body []byte) (string, error) {
	signature, err := c.Signer.Sign(ctx, RequestMessage(method, target, timestamp, nonce, body))
	if err != nil {
		return "", fmt.Errorf("signer: signing the request: %w", err)
	}
	scheme := SchemeOf(c.Signer)
	var h strings.Builder
	h.Grow(len(scheme.Name) + len(c.ID) + len(c.Serial) + len(timestamp) + len(nonce) +
		base64.StdEncoding.EncodedLen(len(signature)) + 72)
	h.WriteString(scheme.Name)
	writeParam(&h, ' ', scheme.IDParam, c.ID)
	writeParam(&h, ',', "serial_no", c.Serial)
	writeParam(&h, ',', "timestamp", timestamp)
	writeParam(&h, ',', "nonce_str", nonce)
	h.WriteString(`,signature="`)
	var encoded [512]byte // on the stack: 384 bytes of signature, enough for RSA-3072
	h.Write(base64.StdEncoding.AppendEncode(encoded[:0], signature))
	h.WriteByte('"')
	return h.String(), nil
}

func writeParam(h *strings.Builder, separator byte, name, value string) {
	h.WriteByte(separator)
	h.WriteString(name)
	h.WriteString(`="`)
	h.WriteString(value)
	h.WriteByte('"')
}

// An Authorization is a parsed Authorization header: what a gateway, or a test,
// reads to check a request.
type Authorization struct {
	Scheme    string // for example "WECHATPAY2-SHA256-RSA2048"
	ID        string // mchid or brand_id
	Serial    string
	Timestamp string
	Nonce     string
	Signature []byte // decoded from base64
}

var errAuthorization = errors.New("signer: malformed Authorization header")

// ParseAuthorization reads an Authorization header of any scheme, with its
// parameters in any order. All five must be there, once each.
func ParseAuthorization(header string) (Authorization, error) {
	scheme, list, _ := strings.Cut(header, " ")
	a := Authorization{Scheme: scheme}
	if scheme == "" {
		return a, fmt.Errorf("%w: no scheme", errAuthorization)
	}
	var signature string
	fields := map[string]*string{
		"mchid": &a.ID, "brand_id": &a.ID, "serial_no": &a.Serial,
		"timestamp": &a.Timestamp, "nonce_str": &a.Nonce, "signature": &signature,
	}
	for param := range strings.SplitSeq(list, ",") {
		name, quoted, _ := strings.Cut(strings.TrimSpace(param), "=")
		field := fields[name]
		if field == nil || *field != "" || len(quoted) < 3 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
			return a, fmt.Errorf("%w: parameter %q is unknown, repeated, empty or unquoted", errAuthorization, name)
		}
		*field = quoted[1 : len(quoted)-1]
	}
	for name, field := range fields {
		if *field == "" {
			return a, fmt.Errorf("%w: no %s", errAuthorization, name)
		}
	}
	var err error
	if a.Signature, err = base64.StdEncoding.DecodeString(signature); err != nil {
		return a, fmt.Errorf("%w: signature: %w", errAuthorization, err)
	}
	return a, nil
}
