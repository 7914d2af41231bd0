package signer_test

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// checkNow checks a reply that is signed now by the key 01, with one change.
func checkNow(t *testing.T, v signer.Verifier, change func(http.Header)) error {
	t.Helper()
	now := time.Now()
	timestamp := strconv.FormatInt(now.Unix(), 10)
	digest := sha256.Sum256(signer.ReplyMessage(timestamp, "n", nil))
	signature, err := merchantKey(t).Sign(nil, digest[:], crypto.SHA256)
	require.NoError(t, err)
	h := http.Header{
		signer.HeaderSerial: {"01"}, signer.HeaderTimestamp: {timestamp}, signer.HeaderNonce: {"n"},
		signer.HeaderSignature: {base64.StdEncoding.EncodeToString(signature)},
	}
	if change != nil {
		change(h)
	}
	return signer.Check(t.Context(), v, h, nil, now)
}

// TestAFailureWrapsItsOwnSentinelOnly: callers decide by it whether to alert or to download.
func TestAFailureWrapsItsOwnSentinelOnly(t *testing.T) {
	t.Parallel()
	pub := &merchantKey(t).PublicKey
	good := keys.Set{"01": pub}
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	sentinels := []error{
		signer.ErrNotRSA, signer.ErrExpired, signer.ErrMissingHeader, signer.ErrClock,
		signer.ErrUnknownKey, signer.ErrSignature, signer.ErrProbe,
	}
	for _, row := range []struct {
		name   string
		keys   keys.Set
		change func(http.Header)
		want   []error
	}{
		{"good", good, nil, nil},
		{"no nonce", good, func(h http.Header) { h.Del(signer.HeaderNonce) }, []error{signer.ErrMissingHeader}},
		{"old", good, set(signer.HeaderTimestamp, "1"), []error{signer.ErrClock}},
		{"key not held", nil, nil, []error{signer.ErrUnknownKey}},
		{"another nonce", good, set(signer.HeaderNonce, "x"), []error{signer.ErrSignature}},
		{"probe", good, set(signer.HeaderSignature, "WECHATPAY/SIGNTEST/A"), []error{signer.ErrSignature, signer.ErrProbe}},
		{"probe by a key not held", nil, set(signer.HeaderSignature, "WECHATPAY/SIGNTEST/AAAAA"), []error{signer.ErrUnknownKey, signer.ErrProbe}},
		{"elliptic key", keys.Set{"01": ecKey(t).Public()}, nil, []error{signer.ErrNotRSA}},
		{"expired", keys.Set{"01": &x509.Certificate{PublicKey: pub, NotAfter: time.Now().Add(-time.Hour)}}, nil, []error{signer.ErrExpired}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := checkNow(t, signer.NewVerifier(row.keys, nil), row.change)
			var wrapped []error
			for _, sentinel := range sentinels {
				if errors.Is(err, sentinel) {
					wrapped = append(wrapped, sentinel)
				}
			}
			assert.Equal(t, row.want, wrapped, err)
			assert.Equal(t, row.want == nil, err == nil)
		})
	}
}
