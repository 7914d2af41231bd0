package notify_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestFailuresNameTheirReason: what frameworks and proxies do to a body.
func TestFailuresNameTheirReason(t *testing.T) {
	t.Parallel()
	const raw = "pass on the raw bytes of the request, as read before any framework parses them"
	again := func(indent string) func([]byte) []byte {
		return func(body []byte) []byte {
			var v map[string]any
			require.NoError(t, json.Unmarshal(body, &v))
			data, err := json.MarshalIndent(v, "", indent)
			if indent == "" {
				data, err = json.Marshal(v)
			}
			require.NoError(t, err)
			return data
		}
	}
	zip := func(body []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write(body)
		require.NoError(t, errors.Join(err, w.Close()))
		return b.Bytes()
	}
	for _, row := range []struct {
		name   string
		change func([]byte) []byte
		want   string
	}{
		{"marshalled again", again(""), "the body looks marshalled again, with other keys or spaces than WeChat Pay's; " + raw},
		{"indented", again("  "), "the body looks marshalled again, with other keys or spaces than WeChat Pay's; " + raw},
		{"gzip", zip, "the body is compressed with gzip, but WeChat Pay signs it uncompressed; turn off the compression of the proxy in front"},
		{"a byte order mark", func(b []byte) []byte { return append([]byte("\ufeff"), b...) },
			"the body begins with a byte order mark, which WeChat Pay does not send; pass on the raw bytes of the request"},
		{"a string", func(b []byte) []byte { return fmt.Appendf(nil, "%q", b) },
			"the body is a JSON string, not an object; pass on the raw bytes of the request, not their JSON"},
		{"base64", func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) },
			"the body is base64; decode it, as API gateways deliver bodies in base64"},
		{"APIv2", func([]byte) []byte { return []byte("<xml><return_code>SUCCESS</return_code></xml>") },
			"the body is XML, such as a notification of APIv2, which has no signature in its header; set Config.APIv2Key to receive them"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			header, body := webhook(t, paid, "")
			_, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(row.change(body)))
			require.ErrorIs(t, err, signer.ErrSignature)
			assert.True(t, strings.HasSuffix(err.Error(), ": "+row.want), err)
			assert.False(t, notify.SignedByWeChatPay(err))
		})
	}
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		header, body := webhook(t, paid, "")
		header.Set("Content-Length", strconv.Itoa(len(body)))
		_, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body[:len(body)-1]))
		require.ErrorContains(t, err, fmt.Sprintf(": the body has %d bytes, but Content-Length is %d; %s", len(body)-1, len(body), raw))
	})
	t.Run("APIv2 as it comes", func(t *testing.T) {
		t.Parallel()
		_, err := newParser(t).Parse(t.Context(), http.Header{}, strings.NewReader("<xml></xml>"))
		require.ErrorIs(t, err, signer.ErrMissingHeader)
		require.ErrorContains(t, err, "a notification of APIv2")
	})
	t.Run("no guess", func(t *testing.T) {
		t.Parallel()
		header, body := webhook(t, paid, "tampered")
		_, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(body))
		require.ErrorIs(t, err, signer.ErrSignature)
		assert.NotContains(t, err.Error(), "the body")
	})
	t.Run("a probe is none of them", func(t *testing.T) {
		t.Parallel()
		header, body := webhook(t, paid, "probe")
		_, err := newParser(t).Parse(t.Context(), header, bytes.NewReader(again("")(body)))
		require.ErrorIs(t, err, signer.ErrProbe)
		assert.NotContains(t, err.Error(), "marshalled")
	})
}

// TestDiagnosisIsBounded: anybody may send a body that nothing is signed of. encoding/json
// goes 10,000 levels deep.
func TestDiagnosisIsBounded(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	for _, row := range []struct {
		name, body string
		diagnosed  bool
	}{
		{"nested", `{"a":` + nested(100) + `,"b":1}`, true},
		{"nested deeply", `{"a":` + nested(20_000) + `,"b":1}`, false},
		{"64 KB", `{"a":"` + strings.Repeat("x", 64<<10-14) + `","b":1}`, true},
		{"more", `{"a":"` + strings.Repeat("x", 64<<10) + `","b":1}`, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			header, _ := webhook(t, paid, "")
			_, err := newParser(t).Parse(t.Context(), header, strings.NewReader(row.body))
			require.ErrorIs(t, err, signer.ErrSignature)
			assert.Equal(t, row.diagnosed, strings.Contains(err.Error(), "the body looks marshalled again"))
		})
	}
}

// TestABodyThatWasReadBefore: by a framework or a middleware for logging.
func TestABodyThatWasReadBefore(t *testing.T) {
	t.Parallel()
	const raw = "pass on the raw bytes of the request, as read before any framework parses them"
	header, body := webhook(t, paid, "")
	long := header.Clone()
	long.Set("content-length", strconv.Itoa(len(body)))
	for _, row := range []struct {
		name   string
		header http.Header
		body   io.Reader
		want   string
	}{
		{"its length is known", long, http.NoBody, fmt.Sprintf("notify: no body: Content-Length is %d, so that it was read before; %s", len(body), raw)},
		{"it is signed", header, http.NoBody, "notify: no body: it is signed, so that it was probably read before; " + raw},
		{"it is closed", header, failingReader{http.ErrBodyReadAfterClose}, "notify: no body: it was read and closed before; " + raw},
		{"a stranger's", http.Header{}, http.NoBody, "notify: no body"},
		{"its length is no number", http.Header{"Content-Length": {"1\nx"}}, http.NoBody, "notify: no body"},
		{"nil", http.Header{}, nil, "notify: no body"},
		{"nil of another type", http.Header{}, (*bytes.Reader)(nil), "notify: no body"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := newParser(t).Parse(t.Context(), row.header, row.body)
			require.EqualError(t, err, row.want)
			require.ErrorIs(t, err, notify.ErrNoBody)
		})
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestAWrongAPIv3KeyIsNamed(t *testing.T) {
	t.Parallel()
	cfg := config()
	cfg.APIv3Key = cipher.NewSecret(strings.Repeat("x", 32))
	p, err := notify.NewParser(cfg)
	require.NoError(t, err)
	header, body := webhook(t, paid, "")
	_, err = p.Parse(t.Context(), header, bytes.NewReader(body))
	require.ErrorIs(t, err, notify.ErrAPIv3Key)
	require.ErrorIs(t, err, cipher.ErrDecrypt)
	require.EqualError(t, err, `notify: event "EV-2018022511223320873" ("TRANSACTION.SUCCESS"): `+
		"WeChat Pay's signature is good, but the APIv3 key is not the one of this merchant; "+
		"set the one that the merchant console has now: cipher: decryption failed (wrong key, or altered data)")
}
