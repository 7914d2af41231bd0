package signer

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// A Credential identifies who signs requests: a merchant (or a service provider or a
// brand), the serial of its API certificate, and the signer. It is a plain value, safe
// for concurrent use if its Signer is.
type Credential struct {
	ID     string // the caller's mchid, or the brand_id of a brand
	Serial string // serial of the caller's API certificate, upper-case hex
	Signer Signer // required
}

// Check returns an error that names each field that is missing, or could not be in the
// Authorization header.
func (c Credential) Check() error {
	var problems []error
	if err := CheckCallerID(c.ID); err != nil {
		problems = append(problems, fmt.Errorf("ID: %w", err))
	}
	if err := CheckSerial(c.Serial); err != nil {
		problems = append(problems, fmt.Errorf("Serial: %w", err))
	}
	if nilcheck.IsNil(c.Signer) {
		problems = append(problems, errors.New("Signer: is nil; make one with signer.New"))
	}
	return errors.Join(problems...)
}

// Authorize signs a request and returns its Authorization header. WeChat Pay refuses a
// nonce that was used before. Authorize returns the error of the Signer, and an error
// without a Signer.
func (c Credential) Authorize(ctx context.Context, r Request) (string, error) {
	if nilcheck.IsNil(c.Signer) {
		return "", errors.New("signer: Credential.Signer is nil; make one with signer.New")
	}
	signature, err := signRequest(ctx, c.Signer, r)
	if err != nil {
		return "", fmt.Errorf("signer: signing the request: %w", err)
	}
	scheme := SchemeOf(c.Signer)
	var h strings.Builder
	h.Grow(len(scheme.Name) + len(c.ID) + len(c.Serial) + len(r.Timestamp) + len(r.Nonce) +
		base64.StdEncoding.EncodedLen(len(signature)) + 72)
	h.WriteString(scheme.Name)
	writeParam(&h, ' ', scheme.IDParam, c.ID)
	writeParam(&h, ',', "serial_no", c.Serial)
	writeParam(&h, ',', "timestamp", r.Timestamp)
	writeParam(&h, ',', "nonce_str", r.Nonce)
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

// An Authorization is a parsed Authorization header, for gateways and tests that check
// requests.
type Authorization struct {
	Scheme    string // for example "WECHATPAY2-SHA256-RSA2048"
	IDParam   string // "mchid" or "brand_id"
	ID        string
	Serial    string
	Timestamp string
	Nonce     string
	Signature []byte // decoded from base64
}

// required are the parameters that every header has; "mchid" may be "brand_id".
var required = [...]string{"mchid", "serial_no", "timestamp", "nonce_str", "signature"}

var errAuthorization = errors.New("signer: malformed Authorization header")

// ParseAuthorization parses an Authorization header of any scheme. The five parameters
// may be in any order; each must be present once. It does not verify the signature.
func ParseAuthorization(header string) (Authorization, error) {
	scheme, list, _ := strings.Cut(header, " ")
	a := Authorization{Scheme: scheme}
	if scheme == "" {
		return a, fmt.Errorf("%w: the scheme is missing", errAuthorization)
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
		if field == &a.ID {
			a.IDParam = name
		}
	}
	for _, name := range required {
		if *fields[name] == "" {
			return a, fmt.Errorf("%w: parameter %q is missing", errAuthorization, name)
		}
	}
	var err error
	if a.Signature, err = base64.StdEncoding.DecodeString(signature); err != nil {
		return a, fmt.Errorf("%w: parameter %q is not base64: %w", errAuthorization, "signature", err)
	}
	return a, nil
}
