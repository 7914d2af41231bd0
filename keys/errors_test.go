package keys_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func TestStatusError(t *testing.T) {
	t.Parallel()
	ring, l := newKeyring(t, testgateway.Shared(), nil)
	l.set(func(r *http.Request) error { r.Header.Del("Authorization"); return nil }, nil)
	var status *keys.StatusError
	require.ErrorAs(t, ring.Refresh(t.Context()), &status)
	assert.Equal(t, 401, status.StatusCode)
	assert.Equal(t, "SIGN_ERROR", status.Code)
	assert.NotEmpty(t, status.RequestID)
}

// TestStatusErrorsAreOneShortLine: the answer is not signed, so that anything may be in it.
func TestStatusErrorsAreOneShortLine(t *testing.T) {
	t.Parallel()
	const hint = "; check the merchant id, the serial number of its certificate and the private key: they belong together"
	for _, row := range []struct {
		name string
		err  *keys.StatusError
		want string
	}{
		{"nil", nil, "<nil>"},
		{"no code", &keys.StatusError{StatusCode: 502}, `downloading the certificates: status 502 "" [request ""]`},
		{"another code", &keys.StatusError{StatusCode: 429, Code: "FREQUENCY_LIMITED", RequestID: "08"},
			`downloading the certificates: status 429 "FREQUENCY_LIMITED" [request "08"]`},
		{"a wrong signature", &keys.StatusError{StatusCode: 401, Code: "SIGN_ERROR", RequestID: "08"},
			`downloading the certificates: status 401 "SIGN_ERROR" [request "08"]` + hint},
		{"line breaks", &keys.StatusError{StatusCode: 500, Code: "A\nB", RequestID: "\r"},
			`downloading the certificates: status 500 "A\nB" [request "\r"]`},
		{"long", &keys.StatusError{StatusCode: 500, Code: strings.Repeat("x", 1000)},
			`downloading the certificates: status 500 "` + strings.Repeat("x", 64) + `" [request ""]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.want, row.err.Error())
		})
	}
}
