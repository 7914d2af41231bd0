package httprule_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/httprule"
)

var errDial = errors.New("no network")

// accepts reports whether net/http accepts a request, so that it connects.
func accepts(t *testing.T, change func(*http.Request)) bool {
	t.Helper()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errDial }}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.invalid", nil)
	require.NoError(t, err)
	change(r)
	_, err = transport.RoundTrip(r)
	return errors.Is(err, errDial)
}

// TestRulesAreThoseOfNetHTTP: what passes here is not refused later, and nothing else is refused.
func TestRulesAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	texts := make([]string, 0, 260)
	texts = append(texts, "", "ab", "é", "\xff")
	for c := range 256 {
		texts = append(texts, "a"+string([]byte{byte(c)})+"b")
	}
	for _, text := range texts {
		t.Run(strconv.Quote(text), func(t *testing.T) {
			t.Parallel()
			name := accepts(t, func(r *http.Request) { r.Header[text] = []string{"x"} })
			assert.Equal(t, name, httprule.IsToken(text), "name")
			value := accepts(t, func(r *http.Request) { r.Header["X"] = []string{text} })
			assert.Equal(t, value, httprule.ValidValue(text), "value")
			if text != "" { // which means GET
				method := accepts(t, func(r *http.Request) { r.Method = text })
				assert.Equal(t, method, httprule.IsToken(text), "method")
			}
		})
	}
}

func TestIsSafe(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]bool{
		"GET": true, "HEAD": true, "OPTIONS": true,
		"POST": false, "PUT": false, "PATCH": false, "DELETE": false, "CONNECT": false, "get": false, "": false,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, httprule.IsSafe(method))
		})
	}
}
