package signer

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tolerance is how far the timestamp of a reply or webhook may be from now, in
// the past or in the future.
const Tolerance = 5 * time.Minute

// The headers that WeChat Pay signs replies and webhooks with.
const (
	HeaderSerial    = "Wechatpay-Serial"
	HeaderTimestamp = "Wechatpay-Timestamp"
	HeaderNonce     = "Wechatpay-Nonce"
	HeaderSignature = "Wechatpay-Signature"
)

const probePrefix = "WECHATPAY/SIGNTEST/"

// Check goes through all that must hold of a signed reply or webhook: the four
// headers are there, once each; the timestamp is within [Tolerance] of now; and
// v finds the signature good over exactly body. Names of headers are compared
// without regard to case.
//
// The error wraps the sentinel that says what failed. A probe goes the same way
// as any forgery, and its error wraps [ErrProbe] besides.
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func Check(ctx context.Context, v Verifier, header http.Header, body []byte, now time.Time) error {
	var values [4]string
	for i, name := range [4]string{HeaderSerial, HeaderTimestamp, HeaderNonce, HeaderSignature} {
		found := headerValues(header, name)
		if len(found) != 1 || found[0] == "" {
			return fmt.Errorf("%w %s (%d values)", ErrMissingHeader, name, len(found))
		}
		values[i] = found[0]
	}
	serial, timestamp, nonce, signature := values[0], values[1], values[2], values[3]
	if err := CheckTimestamp(timestamp, now); err != nil {
		return err
	}
	err := verify(ctx, v, serial, ReplyMessage(timestamp, nonce, body), signature)
	if err != nil && strings.HasPrefix(signature, probePrefix) {
		return fmt.Errorf("%w: %w", ErrProbe, err)
	}
	return err
}

// CheckTimestamp fails with [ErrClock] unless timestamp is a number of Unix
// seconds within [Tolerance] of now.
func CheckTimestamp(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: timestamp %.30q is no number of seconds", ErrClock, timestamp)
	}
	// Compared in seconds: a far timestamp would overflow a time.Duration.
	limit := int64(Tolerance / time.Second)
	if seconds < now.Unix()-limit || seconds > now.Unix()+limit {
		return fmt.Errorf("%w: signed at %d, this machine's clock says %d: more than %s apart",
			ErrClock, seconds, now.Unix(), Tolerance)
	}
	return nil
}

func verify(ctx context.Context, v Verifier, keyID string, message []byte, encoded string) error {
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return fmt.Errorf("%w: not base64", ErrSignature)
	}
	return v.Verify(ctx, keyID, message, signature)
}

// Signed reports whether the header bears a signature at all, good or bad.
func Signed(header http.Header) bool { return len(headerValues(header, HeaderSignature)) > 0 }

// headerValues looks a canonical name up, also in a header whose maker did not
// canonicalise it (HTTP/2 proxies and some frameworks write lower case).
func headerValues(header http.Header, name string) []string {
	values := header[name]
	for key, others := range header {
		if len(key) == len(name) && key != name && strings.EqualFold(key, name) {
			values = append(values[:len(values):len(values)], others...) // given twice, in two spellings
		}
	}
	return values
}
