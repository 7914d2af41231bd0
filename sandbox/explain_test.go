package sandbox_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestRefusedSignaturesAreExplained: the log says what the client signed instead.
func TestRefusedSignaturesAreExplained(t *testing.T) {
	t.Parallel()
	type signs = func(method, target, body string) (string, string, string)
	const path, body = "/v3/x/a%20b?q=1&p=2", `{ "a": "<b>" }`
	for _, row := range []struct {
		name   string
		signed signs
		want   string
	}{
		{"the path without its query", func(m, _, b string) (string, string, string) { return m, "/v3/x/a%20b", b }, `the path without its query: byte 16 is "\n`},
		{"the path decoded", func(m, _, b string) (string, string, string) { return m, "/v3/x/a b?q=1&p=2", b }, "the path decoded, not as it is sent: byte 12 is"},
		{"the whole URL", func(m, p, b string) (string, string, string) { return m, "http://HOST" + p, b }, "the whole URL"},
		{"the method in lower case", func(m, p, b string) (string, string, string) { return strings.ToLower(m), p, b }, `the method in lower case: byte 0 is "post`},
		{"no body", func(m, p, _ string) (string, string, string) { return m, p, "" }, "no body"},
		{"a line break more", func(m, p, b string) (string, string, string) { return m, p, b + "\n" }, "a body with a line break more"},
		{"compact JSON", func(m, p, _ string) (string, string, string) { return m, p, `{"a":"<b>"}` }, "the JSON without its spaces"},
		{"escaped JSON", func(m, p, _ string) (string, string, string) { return m, p, `{"a":"\u003cb\u003e"}` }, "escaped, not as it is sent"},
		{"the query in another order", func(m, _, b string) (string, string, string) { return m, "/v3/x/a%20b?p=2&q=1", b }, "the query in another order"},
		{"another message", func(m, p, b string) (string, string, string) { return m, p, b + "?" }, "no usual mistake gives this signature"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var log syncBuffer
			g := newGateway(t, sandbox.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			m := newMerchant(t, g)
			m.signedAs = func(method, target, body string) (string, string, string) {
				method, target, body = row.signed(method, target, body)
				return method, strings.ReplaceAll(target, "HOST", strings.TrimPrefix(m.url, "http://")), body
			}
			resp, _ := m.call("POST", path, body)
			assert.Equal(t, 401, resp.StatusCode)
			exchange := g.Exchanges()[0]
			assert.Contains(t, exchange.Refused, row.want)
			assert.Equal(t, 1, strings.Count(log.String(), "\n"), "one line")
			assert.Contains(t, log.String(), "status=401")
		})
	}
}

// A syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
