package notify_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// mutations are what a forger may do to a webhook that was overheard. Each leaves it
// different from what WeChat Pay signed.
var mutations = []func(r *rand.Rand, h http.Header, body []byte) []byte{
	func(r *rand.Rand, _ http.Header, body []byte) []byte { // another byte
		body[r.IntN(len(body))] ^= byte(1 + r.IntN(255))
		return body
	},
	func(r *rand.Rand, _ http.Header, body []byte) []byte { // a byte less
		at := r.IntN(len(body))
		return slices.Delete(body, at, at+1)
	},
	func(r *rand.Rand, _ http.Header, body []byte) []byte { // a byte more
		return slices.Insert(body, r.IntN(len(body)+1), byte(r.IntN(256)))
	},
	func(r *rand.Rand, _ http.Header, body []byte) []byte { return body[:r.IntN(len(body))] },
	func(r *rand.Rand, h http.Header, body []byte) []byte { // an unknown certificate
		h.Set(signer.HeaderSerial, strconv.FormatUint(r.Uint64(), 16))
		return body
	},
	func(r *rand.Rand, h http.Header, body []byte) []byte { // an unknown public key
		h.Set(signer.HeaderSerial, signer.PublicKeyIDPrefix+strconv.FormatUint(r.Uint64(), 10))
		return body
	},
	func(r *rand.Rand, h http.Header, body []byte) []byte { // another time, near or far
		at, _ := strconv.ParseInt(h.Get(signer.HeaderTimestamp), 10, 64)
		h.Set(signer.HeaderTimestamp, strconv.FormatInt(at+1+r.Int64N(1000), 10))
		return body
	},
	func(r *rand.Rand, h http.Header, body []byte) []byte { // another nonce
		h.Set(signer.HeaderNonce, strconv.FormatUint(r.Uint64(), 36))
		return body
	},
	func(r *rand.Rand, h http.Header, body []byte) []byte { // another signature; its last character has bits to spare
		signature := []byte(h.Get(signer.HeaderSignature))
		at := r.IntN(len(signature) - 4)
		signature[at] = "ABCDEFGH"[(bytes.IndexByte([]byte("ABCDEFGH"), signature[at])+1+r.IntN(7))%8]
		h.Set(signer.HeaderSignature, string(signature))
		return body
	},
	func(r *rand.Rand, h http.Header, body []byte) []byte { // a header less, empty, or given twice
		names := []string{signer.HeaderSerial, signer.HeaderTimestamp, signer.HeaderNonce, signer.HeaderSignature}
		switch name := names[r.IntN(4)]; r.IntN(3) {
		case 0:
			h.Del(name)
		case 1:
			h.Set(name, "")
		default:
			h.Add(name, h.Get(name))
		}
		return body
	},
}

// TestForgeries: 100,000 of them are refused, cause no more than a download a minute,
// and leave nothing behind.
func TestForgeries(t *testing.T) {
	const count = 100_000
	synctest.Test(t, func(t *testing.T) {
		g, err := sandbox.New(sandbox.Config{})
		require.NoError(t, err)
		p, downloads := keyringParser(t, g)
		random := rand.New(rand.NewPCG(1, 2))
		began := time.Now()
		var header http.Header
		var body []byte
		heap := uint64(0)
		for i := range count {
			if i%1000 == 0 {
				r, err := g.WebhookRequest(t.Context(), "/notify", paid, "")
				require.NoError(t, err)
				header = r.Header
				body, err = io.ReadAll(r.Body)
				require.NoError(t, err)
				_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
				require.NoError(t, err, "what they are made of is good")
			}
			forged := header.Clone()
			text := mutations[random.IntN(len(mutations))](random, forged, slices.Clone(body))
			if e, err := p.Parse(t.Context(), forged, bytes.NewReader(text)); err == nil || e != nil || notify.SignedByWeChatPay(err) {
				t.Fatalf("forgery %d was taken: %v\n%v\n%s", i, err, forged, text)
			}
			time.Sleep(2 * time.Millisecond)
			if i == count/10 {
				heap = liveHeap()
			}
		}
		grown := int64(liveHeap()) - int64(heap)
		minutes := int(time.Since(began) / time.Minute)
		assert.LessOrEqual(t, int(downloads.Load()), minutes+1, "one a minute at most")
		assert.Less(t, grown, int64(1<<20), "nothing is left of them")
		t.Logf("%d refusals, %d downloads in %d minutes, %d bytes of memory more at the end than after a tenth", count, downloads.Load(), minutes, grown)
	})
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// keyringParser verifies by a keyring that downloads from the gateway.
func keyringParser(tb testing.TB, g *sandbox.Gateway) (*notify.Parser, *atomic.Int32) {
	tb.Helper()
	cred := g.Credentials()
	sign, err := signer.New(cred.PrivateKey)
	require.NoError(tb, err)
	downloads := new(atomic.Int32)
	keys, err := keys.NewKeyring(keys.KeyringConfig{
		APIv3Key:   cred.APIv3Key,
		Credential: signer.Credential{ID: cred.MchID, Serial: cred.Serial, Signer: sign},
		Transport: middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			downloads.Add(1)
			in := r.Clone(r.Context())
			in.RequestURI = r.URL.RequestURI()
			recorder := httptest.NewRecorder()
			g.ServeHTTP(recorder, in)
			return recorder.Result(), nil
		}),
	})
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = keys.Close() })
	p, err := notify.NewParser(notify.Config{Keys: keys, APIv3Key: cred.APIv3Key})
	require.NoError(tb, err)
	return p, downloads
}

// FuzzParse: whatever comes is refused with an error, unless its signature is good.
func FuzzParse(f *testing.F) {
	header, body := webhook(f, paid, "")
	f.Add(header.Get(signer.HeaderSerial), header.Get(signer.HeaderTimestamp), header.Get(signer.HeaderNonce), header.Get(signer.HeaderSignature), body)
	f.Add("PUB_KEY_ID_0", "now", "\n", "WECHATPAY/SIGNTEST/AAAA", []byte(`{"resource":{}}`))
	f.Add("", "-9223372036854775808", "", "====", []byte(nil))
	p := newParser(f)
	f.Fuzz(func(t *testing.T, serial, timestamp, nonce, signature string, content []byte) {
		h := http.Header{
			signer.HeaderSerial: {serial}, signer.HeaderTimestamp: {timestamp}, signer.HeaderNonce: {nonce}, signer.HeaderSignature: {signature},
		}
		e, err := p.Parse(t.Context(), h, bytes.NewReader(content))
		if (e == nil) == (err == nil) {
			t.Fatal("neither an event nor an error, or both")
		}
		if err == nil && !bytes.Equal(content, body) {
			t.Fatalf("taken: %q", content)
		}
	})
}

// FuzzOpen: whatever WeChat Pay may sign is read without a panic.
func FuzzOpen(f *testing.F) {
	_, body := webhook(f, paid, "")
	f.Add(body)
	for _, seed := range []string{
		``, `null`, `{"resource":[]}`, `{"resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"","ciphertext":""}}`,
		`{"id":{},"resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"1234567890123456","ciphertext":"AAAAAAAAAAAAAAAAAAAAAAAAAAAA","associated_data":null}}`,
	} {
		f.Add([]byte(seed))
	}
	p := newParser(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		e, err := p.Parse(t.Context(), gateway().SignWebhook(content), bytes.NewReader(content))
		if (e == nil) == (err == nil) {
			t.Fatal("neither an event nor an error, or both")
		}
		if err == nil {
			_ = e.Get("a.b.#.c").String()
			_ = e.Decode(new(notify.Transaction))
		}
	})
}
