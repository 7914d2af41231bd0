package signer_test

import (
	"context"
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

func TestCheck(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	good := v.Responses[0]
	pub, err := keys.LoadPublicKey(keys.Text(v.Platform.SPKI))
	require.NoError(t, err)
	verifier := signer.NewVerifier(keys.Set{v.Platform.Serial: pub, "PUB_KEY_ID_01": pub}, nil)
	set := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	for _, tc := range []struct {
		name   string
		change func(http.Header)
		shift  time.Duration // of the receiver's clock
		want   error         // nil for none
		text   string
	}{
		{name: "as it came", change: func(http.Header) {}},
		{name: "lower-case header names", change: lowerCase},
		{name: "serial in lower case", change: set("Wechatpay-Serial", "315df96f14f3cea47679f0df374f3a88497a7f")},
		{name: "serial with leading zeros", change: set("Wechatpay-Serial", "00315DF96F14F3CEA47679F0DF374F3A88497A7F")},
		{name: "named by public key id", change: set("Wechatpay-Serial", "PUB_KEY_ID_01")},
		{name: "public key id in another case", change: set("Wechatpay-Serial", "pub_key_id_01"), want: signer.ErrUnknownKey, text: `unknown key "pub_key_id_01", which is not an id of WeChat Pay's keys: the message may be forged (held: 315DF96F14F3CEA47679F0DF374F3A88497A7F, PUB_KEY_ID_01)`},
		{name: "public key id is not hex", change: set("Wechatpay-Serial", "PUB_KEY_ID_1"), want: signer.ErrUnknownKey, text: `unknown key "PUB_KEY_ID_1", a public key of WeChat Pay: load pub_key.pem, from the merchant console, under this id (held: 315DF96F14F3CEA47679F0DF374F3A88497A7F, PUB_KEY_ID_01)`},
		{name: "unknown serial", change: set("Wechatpay-Serial", "01"), want: signer.ErrUnknownKey, text: `unknown key "01", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: 315DF96F14F3CEA47679F0DF374F3A88497A7F, PUB_KEY_ID_01)`},
		{name: "no serial", change: set("Wechatpay-Serial"), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Serial is missing; check what a proxy on the way removes, and that this is WeChat Pay`},
		{name: "empty serial", change: set("Wechatpay-Serial", ""), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Serial is missing; check what a proxy on the way removes, and that this is WeChat Pay`},
		{name: "no timestamp", change: set("Wechatpay-Timestamp"), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Timestamp is missing; check what a proxy on the way removes, and that this is WeChat Pay`},
		{name: "no nonce", change: set("Wechatpay-Nonce"), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Nonce is missing; check what a proxy on the way removes, and that this is WeChat Pay`},
		{name: "no signature", change: set("Wechatpay-Signature"), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Signature is missing; check what a proxy on the way removes, and that this is WeChat Pay`},
		{name: "two signatures", change: set("Wechatpay-Signature", good.Signature, good.Signature), want: signer.ErrMissingHeader, text: `incomplete signature headers: Wechatpay-Signature has 2 values; it must have one; check what a proxy on the way adds`},
		{name: "another nonce", change: set("Wechatpay-Nonce", "x"), want: signer.ErrSignature, text: `bad signature by key "315DF96F14F3CEA47679F0DF374F3A88497A7F": crypto/rsa: verification error`},
		{name: "signature is not base64", change: set("Wechatpay-Signature", "%"), want: signer.ErrSignature, text: `bad signature: header Wechatpay-Signature is not base64`},
		{name: "signature is short", change: set("Wechatpay-Signature", "AAAA"), want: signer.ErrSignature, text: `bad signature by key "315DF96F14F3CEA47679F0DF374F3A88497A7F": crypto/rsa: verification error`},
		{name: "timestamp is a word", change: set("Wechatpay-Timestamp", "now"), want: signer.ErrClock, text: `timestamp out of range: "now" is not a number of Unix seconds`},
		{name: "timestamp overflows", change: set("Wechatpay-Timestamp", "9223372036854775807"), want: signer.ErrClock, text: `timestamp out of range: signed at 9223372036854775807, local clock at 1700000000: more than 5m0s apart; check the local clock`},
		{name: "timestamp is negative", change: set("Wechatpay-Timestamp", "-9223372036854775808"), want: signer.ErrClock, text: `timestamp out of range: signed at -9223372036854775808, local clock at 1700000000: more than 5m0s apart; check the local clock`},
		{name: "five minutes old", change: func(http.Header) {}, shift: 5 * time.Minute},
		{name: "a second more", change: func(http.Header) {}, shift: 5*time.Minute + time.Second, want: signer.ErrClock, text: `timestamp out of range: signed at 1700000000, local clock at 1700000301: more than 5m0s apart; check the local clock`},
		{name: "five minutes ahead", change: func(http.Header) {}, shift: -5 * time.Minute},
		{name: "a second more ahead", change: func(http.Header) {}, shift: -5*time.Minute - time.Second, want: signer.ErrClock, text: `timestamp out of range: signed at 1700000000, local clock at 1699999699: more than 5m0s apart; check the local clock`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := header(good)
			tc.change(h)
			err := signer.Check(t.Context(), verifier, h, []byte(good.Body), at(t, good.Timestamp).Add(tc.shift))
			if tc.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tc.want)
				require.EqualError(t, err, tc.text)
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

func TestCheckMarksProbes(t *testing.T) {
	t.Parallel()
	probe := vectors.Load(t).Responses[0]
	for _, tc := range []struct {
		name, signature string
		is              error // what the verifier returns
		text            string
	}{
		{"unknown key", "WECHATPAY/SIGNTEST/A", signer.ErrUnknownKey, "signature probe by WeChat Pay: unknown key"},
		{"wrong signature", "WECHATPAY/SIGNTEST/A", signer.ErrSignature, "signature probe by WeChat Pay: bad signature"},
		{
			"not base64", "WECHATPAY/SIGNTEST/", signer.ErrSignature,
			"signature probe by WeChat Pay: bad signature: header Wechatpay-Signature is not base64",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := header(probe)
			h.Set(signer.HeaderSignature, tc.signature)
			verifier := signer.VerifierFunc(func(context.Context, string, []byte, []byte) error { return tc.is })
			err := signer.Check(t.Context(), verifier, h, []byte(probe.Body), at(t, probe.Timestamp))
			require.ErrorIs(t, err, signer.ErrProbe)
			require.ErrorIs(t, err, tc.is)
			require.EqualError(t, err, tc.text)
		})
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	assert.True(t, signer.Signed(http.Header{"wechatpay-signature": {"x"}}))
	assert.False(t, signer.Signed(http.Header{"Wechatpay-Serial": {"x"}}))
}

func TestHeaderValues(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		header http.Header
		want   []string
	}{
		{"none", http.Header{"Wechatpay-Serial2": {"1"}}, nil},
		{"no header", nil, nil},
		{"canonical", http.Header{"Wechatpay-Serial": {"1", "2"}}, []string{"1", "2"}},
		{"lower case", http.Header{"wechatpay-serial": {"1"}}, []string{"1"}},
		{"canonical first", http.Header{"wechatpay-serial": {"2"}, "Wechatpay-Serial": {"1"}}, []string{"1", "2"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			before := row.header.Clone()
			assert.Equal(t, row.want, signer.HeaderValues(row.header, signer.HeaderSerial))
			assert.Equal(t, before, row.header)
		})
	}
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
