package signer

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/nilcheck"
)

// Tolerance is the largest difference between the timestamp of a reply or webhook and
// now, in either direction.
const Tolerance = 5 * time.Minute

// The headers that WeChat Pay signs replies and webhooks with.
const (
	HeaderSerial    = "Wechatpay-Serial"
	HeaderTimestamp = "Wechatpay-Timestamp"
	HeaderNonce     = "Wechatpay-Nonce"
	HeaderSignature = "Wechatpay-Signature"

	// HeaderSignatureType states the name of the [Scheme]. Without it the scheme is that of
	// the caller.
	HeaderSignatureType = "Wechatpay-Signature-Type"
)

const probePrefix = "WECHATPAY/SIGNTEST/"

// Check verifies a signed reply or webhook: the four headers are present, once each; the
// timestamp is within [Tolerance] of now; the [Scheme], if it is stated, is that of v
// ([SchemeOf]); and v accepts the signature over exactly body.
// Header names are compared without regard to case. Check only reads its arguments and is
// safe for concurrent use if v is.
//
// The error wraps the sentinel of what failed: [ErrMissingHeader], [ErrClock], [ErrScheme], or the
// error of v, such as [ErrUnknownKey] or [ErrSignature], or a [*future.PanicError]. A
// probe fails as any forgery does; its error also wraps [ErrProbe].
//
// https://pay.weixin.qq.com/doc/v3/merchant/4013053420
func Check(ctx context.Context, v Verifier, header http.Header, body []byte, now time.Time) error {
	found := signatureHeaders(header)
	var values [4]string
	for i := range values {
		switch name, found := signed[i], found[i]; {
		case len(found) > 1:
			return fmt.Errorf("%w: %s has %d values; it must have one; check what a proxy on the way adds", ErrMissingHeader, name, len(found))
		case len(found) == 0 || found[0] == "":
			return fmt.Errorf("%w: %s is missing; check what a proxy on the way removes, and that this is WeChat Pay", ErrMissingHeader, name)
		default:
			values[i] = found[0]
		}
	}
	serial, timestamp, nonce, signature := values[0], values[1], values[2], values[3]
	if err := CheckTimestamp(timestamp, now); err != nil {
		return err
	}
	err := verify(ctx, v, signedReply{serial, timestamp, nonce, signature, body}, found[len(values)])
	if err != nil && strings.HasPrefix(signature, probePrefix) {
		return fmt.Errorf("%w: %w", ErrProbe, err)
	}
	return err
}

// CheckTimestamp returns nil if timestamp is a number of Unix seconds within [Tolerance]
// of now, otherwise [ErrClock].
func CheckTimestamp(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: %.30q is not a number of Unix seconds", ErrClock, timestamp)
	}
	// Compared in seconds: a far timestamp would overflow a time.Duration.
	limit := int64(Tolerance / time.Second)
	if seconds < now.Unix()-limit || seconds > now.Unix()+limit {
		return fmt.Errorf("%w: signed at %d, local clock at %d: more than %s apart; check the local clock",
			ErrClock, seconds, now.Unix(), Tolerance)
	}
	return nil
}

// A signedReply is a reply with the values of its headers.
type signedReply struct {
	keyID, timestamp, nonce, signature string
	body                               []byte
}

func verify(ctx context.Context, v Verifier, r signedReply, schemes []string) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = panicked("Verifier", value)
		}
	}()
	if nilcheck.IsNil(v) {
		return errors.New("signer: the Verifier is nil; make one with NewVerifier")
	}
	for _, stated := range schemes {
		if want := SchemeOf(v); stated != want.Name {
			return fmt.Errorf("%w: %s is %.60q, and the Verifier is for the scheme of a %s; a client or notify.Config of the right caller (Config.BrandID, notify.Config.Scheme), or VerifyAs, states another one",
				ErrScheme, HeaderSignatureType, stated, want.IDParam)
		}
	}
	signature, err := base64.StdEncoding.DecodeString(r.signature)
	if err != nil {
		return fmt.Errorf("%w: header %s is not base64", ErrSignature, HeaderSignature)
	}
	inner := v
	if as, ok := v.(schemeVerifier); ok {
		inner = as.Verifier
	}
	if own, ok := inner.(rsaVerifier); ok { // it needs no message
		return own.verifyDigest(ctx, r.keyID, replyDigest(r.timestamp, r.nonce, r.body), signature)
	}
	return v.Verify(ctx, r.keyID, ReplyMessage(r.timestamp, r.nonce, r.body), signature)
}

// Signed reports whether the header has a signature, valid or not.
func Signed(header http.Header) bool { return len(HeaderValues(header, HeaderSignature)) > 0 }

// signed are the headers that Check reads; all but the last are required.
var signed = [...]string{HeaderSerial, HeaderTimestamp, HeaderNonce, HeaderSignature, HeaderSignatureType}

// signatureHeaders returns the HeaderValues of all of signed, in one pass over the header.
func signatureHeaders(header http.Header) (found [len(signed)][]string) {
	for i, name := range signed {
		found[i] = header[name]
	}
	for key, others := range header {
		if len(key) < len(HeaderNonce) || key[0]|0x20 != 'w' || slices.Contains(signed[:], key) {
			continue // as most keys
		}
		for i, name := range signed {
			if len(key) == len(name) && strings.EqualFold(key, name) {
				found[i] = append(found[i][:len(found[i]):len(found[i])], others...) // two spellings of one name
			}
		}
	}
	return found
}

// HeaderValues returns the values of a header under its canonical name, such as
// [HeaderSerial], and then those under its other spellings: HTTP/2 proxies and some
// frameworks write lower case. The slice must not be changed.
func HeaderValues(header http.Header, name string) []string {
	values := header[name]
	for key, others := range header {
		if len(key) == len(name) && key != name && strings.EqualFold(key, name) {
			values = append(values[:len(values):len(values)], others...) // two spellings of one name
		}
	}
	return values
}
