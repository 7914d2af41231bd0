package sandbox

import (
	"crypto/sha256"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/signmistake"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// authenticate verifies a request as WeChat Pay does, and returns a refusal or nil.
func (g *Gateway) authenticate(e *Exchange, caller *account, r *Request) *Reply {
	if r.Header.Get("Accept") == "" || r.Header.Get("User-Agent") == "" {
		refusal := Error(http.StatusBadRequest, "INVALID_REQUEST", "Http头缺少Accept或User-Agent", nil)
		refusal.unsigned = true // the caller is not authenticated
		return refusal
	}
	auth, err := signer.ParseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return signError("authorization", err.Error(), nil)
	}
	now := g.clock.wall()
	switch {
	case auth.Scheme != caller.scheme.Name:
		return signError("authorization", "the scheme of this path is "+caller.scheme.Name, nil)
	case auth.IDParam != caller.scheme.IDParam:
		return signError(caller.scheme.IDParam, "missing; "+auth.IDParam+" belongs to another scheme", nil)
	case auth.ID != caller.id:
		return signError(caller.scheme.IDParam, "unknown caller", nil)
	case !signer.SameID(auth.Serial, caller.serial):
		return signError("serial_no", "not the serial of the caller's API certificate", nil)
	case signer.CheckTimestamp(auth.Timestamp, now) != nil:
		return signError("timestamp", signer.CheckTimestamp(auth.Timestamp, now).Error(), nil)
	case len(auth.Nonce) > 64: // a short one is advised against, but taken
		return signError("nonce_str", "has more than 64 characters", nil)
	}
	signed, err := signedPart(r.Request, r.Body)
	if err != nil {
		return signError("body", err.Error(), nil)
	}
	r.signed = signed
	message := signer.RequestMessage(signer.Request{
		Method: r.Method, Target: r.RequestURI, Timestamp: auth.Timestamp, Nonce: auth.Nonce, Body: signed,
	})
	e.SignedMessage = cut(string(message))
	verifier := signer.NewVerifier(keys.Set{caller.serial: &caller.key.PublicKey}, g.clock.wall)
	verify := func(message []byte) error {
		return verifier.Verify(r.Context(), auth.Serial, message, auth.Signature)
	}
	if err := verify(message); err != nil {
		refusal := signError("signature", "sign not match", map[string]any{
			"method":                 r.Method,
			"url":                    r.RequestURI,
			"truncated_sign_message": string(message[:len(message)-len(signed)-1]),
			"sign_message_length":    len(message),
		})
		refusal.reason += "; " + signmistake.Explain(r.Context(), r.Request, auth, signed, verify)
		return refusal
	}
	if !g.nonces.add(auth.Nonce, now) {
		return signError("nonce_str", "used before", nil)
	}
	return nil
}

// signError returns an unsigned 401, as WeChat Pay answers an unknown caller.
func signError(field, issue string, info map[string]any) *Reply {
	detail := map[string]any{"field": field, "issue": issue, "location": "authorization"}
	if info != nil {
		detail["sign_information"] = info
	}
	reply := Error(http.StatusUnauthorized, "SIGN_ERROR", "错误的签名，验签失败", detail)
	reply.unsigned, reply.reason = true, field+": "+issue
	return reply
}

// signedPart returns the signed part of a body: all of it, or the meta part of an upload.
func signedPart(r *http.Request, body []byte) ([]byte, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); !strings.HasPrefix(kind, "multipart/") {
		return body, nil
	}
	return partOf(r, body, "meta")
}

// nonceLog keeps nonces for at least as long as their timestamps are accepted. It has two
// generations, so that old nonces are dropped without a search. It has their hashes: a nonce is
// a part of its Authorization header, which would be kept with it.
type nonceLog struct {
	mu            sync.Mutex
	young, old    map[[sha256.Size]byte]struct{}
	youngestSince time.Time
}

// add reports whether the nonce is new.
func (l *nonceLog) add(nonce string, now time.Time) bool {
	hash := sha256.Sum256([]byte(nonce))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.young == nil || now.Sub(l.youngestSince) > 2*signer.Tolerance {
		l.young, l.old, l.youngestSince = map[[sha256.Size]byte]struct{}{}, l.young, now
	}
	_, young := l.young[hash]
	_, old := l.old[hash]
	l.young[hash] = struct{}{}
	return !young && !old
}
