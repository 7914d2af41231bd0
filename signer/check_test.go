package signer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	v := vectors.Load(t)
	good := v.Responses[0]
	pub, err := keys.LoadPublicKey(keys.Text(v.Platform.SPKI))
	require.NoError(t, err)
	verifier := signer.NewVerifier(keys.Set{v.Platform.Serial: pub, "PUB_KEY_ID_01": pub}, nil)
	set := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	for name, tc := range map[string]struct {
		change func(http.Header)
		shift  time.Duration // of the receiver's clock
		want   error
	}{
		"as it came":                    {change: func(http.Header) {}},
		"lower-case header names":       {change: lowerCase},
		"serial in lower case":          {change: set("Wechatpay-Serial", "315df96f14f3cea47679f0df374f3a88497a7f")},
		"serial with leading zeros":     {change: set("Wechatpay-Serial", "00315DF96F14F3CEA47679F0DF374F3A88497A7F")},
		"named by public key id":        {change: set("Wechatpay-Serial", "PUB_KEY_ID_01")},
		"public key id in another case": {change: set("Wechatpay-Serial", "pub_key_id_01"), want: signer.ErrUnknownKey},
		"public key id is not hex":      {change: set("Wechatpay-Serial", "PUB_KEY_ID_1"), want: signer.ErrUnknownKey},
		"unknown serial":                {change: set("Wechatpay-Serial", "01"), want: signer.ErrUnknownKey},
		"no serial":                     {change: set("Wechatpay-Serial"), want: signer.ErrMissingHeader},
		"empty serial":                  {change: set("Wechatpay-Serial", ""), want: signer.ErrMissingHeader},
		"no timestamp":                  {change: set("Wechatpay-Timestamp"), want: signer.ErrMissingHeader},
		"no nonce":                      {change: set("Wechatpay-Nonce"), want: signer.ErrMissingHeader},
		"no signature":                  {change: set("Wechatpay-Signature"), want: signer.ErrMissingHeader},
		"two signatures":                {change: set("Wechatpay-Signature", good.Signature, good.Signature), want: signer.ErrMissingHeader},
		"another nonce":                 {change: set("Wechatpay-Nonce", "x"), want: signer.ErrSignature},
		"signature is not base64":       {change: set("Wechatpay-Signature", "%"), want: signer.ErrSignature},
		"signature is short":            {change: set("Wechatpay-Signature", "AAAA"), want: signer.ErrSignature},
		"timestamp is a word":           {change: set("Wechatpay-Timestamp", "now"), want: signer.ErrClock},
		"timestamp overflows":           {change: set("Wechatpay-Timestamp", "9223372036854775807"), want: signer.ErrClock},
		"timestamp is negative":         {change: set("Wechatpay-Timestamp", "-9223372036854775808"), want: signer.ErrClock},
		"five minutes old":              {change: func(http.Header) {}, shift: 5 * time.Minute},
		"a second more":                 {change: func(http.Header) {}, shift: 5*time.Minute + time.Second, want: signer.ErrClock},
		"five minutes ahead":            {change: func(http.Header) {}, shift: -5 * time.Minute},
		"a second more ahead":           {change: func(http.Header) {}, shift: -5*time.Minute - time.Second, want: signer.ErrClock},
	} {
		t.Run(name, func(t *testing.T) {
			h := header(good)
			tc.change(h)
			err := signer.Check(t.Context(), verifier, h, []byte(good.Body), at(t, good.Timestamp).Add(tc.shift))
			if tc.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tc.want)
			}
		})
	}
}

func lowerCase(h http.Header) {
	for _, name := range []string{"serial", "timestamp", "nonce", "signature"} {
		canonical := http.CanonicalHeaderKey("wechatpay-" + name)
		h["wechatpay-"+name] = h[canonical]
		delete(h, canonical)
	}
}

func TestCheckVerifiesProbesLikeAnyOther(t *testing.T) {
	v := vectors.Load(t)
	probe := v.Responses[len(v.Responses)-1]
	asked := false
	verifier := signer.VerifierFunc(func(context.Context, string, []byte, []byte) error {
		asked = true
		return signer.ErrUnknownKey
	})
	err := signer.Check(t.Context(), verifier, header(probe), []byte(probe.Body), at(t, probe.Timestamp))
	require.ErrorIs(t, err, signer.ErrProbe)
	assert.Equal(t, asked, errors.Is(err, signer.ErrUnknownKey), "the reason stands beside the mark of a probe")
}

func TestVerifierRefusesAnExpiredCertificate(t *testing.T) {
	v := vectors.Load(t)
	good := v.Responses[0]
	cert, err := keys.LoadCertificate(keys.Text(v.Platform.Certificate))
	require.NoError(t, err)
	clock := func(at time.Time) func() time.Time { return func() time.Time { return at } }
	check := func(now time.Time) error {
		verifier := signer.NewVerifier(keys.CertificateSet(cert), clock(now))
		return signer.Check(t.Context(), verifier, header(good), []byte(good.Body), at(t, good.Timestamp))
	}
	require.NoError(t, check(cert.NotAfter))
	require.ErrorIs(t, check(cert.NotAfter.Add(time.Second)), signer.ErrExpired)
}

func TestVerifierRefusesAKeyThatIsNotRSA(t *testing.T) {
	verifier := signer.NewVerifier(keys.Set{"01": ecKey(t).Public()}, nil)
	require.ErrorIs(t, verifier.Verify(t.Context(), "01", nil, nil), signer.ErrNotRSA)
}

func TestSameID(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"0ABC", "abc", true}, {"ABC", "00abc", true}, {"ABC", "ABD", false}, {"", "ABC", false},
		{"PUB_KEY_ID_01", "PUB_KEY_ID_01", true}, {"PUB_KEY_ID_01", "PUB_KEY_ID_1", false},
		{"PUB_KEY_ID_0a", "PUB_KEY_ID_0A", false}, {"0PUB_KEY_ID_01", "PUB_KEY_ID_01", false},
	} {
		assert.Equal(t, tc.same, signer.SameID(tc.a, tc.b), "%q %q", tc.a, tc.b)
		assert.Equal(t, tc.same, signer.SameID(tc.b, tc.a), "%q %q", tc.b, tc.a)
	}
}

func TestNoncesDifferAndSuitAHeader(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		nonce := signer.Nonce()
		require.Regexp(t, `^[0-9A-Za-z]{20,32}$`, nonce)
		require.False(t, seen[nonce])
		seen[nonce] = true
	}
}

func FuzzParseAuthorization(f *testing.F) {
	for _, r := range vectors.Load(f).Requests {
		f.Add(r.Authorization)
	}
	f.Add(`A mchid="",serial_no`)
	f.Fuzz(func(t *testing.T, header string) {
		if a, err := signer.ParseAuthorization(header); err == nil {
			require.NotEmpty(t, a.Scheme)
			require.NotEmpty(t, a.ID)
			require.NotEmpty(t, a.Nonce)
		}
	})
}

func FuzzCheck(f *testing.F) {
	v := vectors.Load(f)
	for _, r := range v.Responses {
		f.Add(r.Serial, r.Timestamp, r.Nonce, r.Signature, r.Body)
	}
	pub, err := keys.LoadPublicKey(keys.Text(v.Platform.SPKI))
	require.NoError(f, err)
	verifier := signer.NewVerifier(keys.Set{v.Platform.Serial: pub}, nil)
	good := map[string]bool{}
	for _, r := range v.Responses {
		if r.Valid {
			good[r.Timestamp+"\n"+r.Nonce+"\n"+r.Body+"\n"] = true
		}
	}
	f.Fuzz(func(t *testing.T, serial, timestamp, nonce, signature, body string) {
		seconds, _ := strconv.ParseInt(timestamp, 10, 64)
		h := header(vectors.Response{Serial: serial, Timestamp: timestamp, Nonce: nonce, Signature: signature})
		err := signer.Check(t.Context(), verifier, h, []byte(body), time.Unix(seconds, 0))
		require.True(t, err != nil || good[string(signer.ReplyMessage(timestamp, nonce, []byte(body)))], "a forgery passed")
	})
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
