package sandbox_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestGatewayRefusesWhatIsNotWellSigned(t *testing.T) {
	t.Parallel()
	const target = "/v3/certificates"
	for _, tc := range []struct {
		name  string
		spoil func(*merchant)
		field string
	}{
		{"no Authorization", func(m *merchant) { m.header.Set("Authorization", "-") }, "authorization"},
		{"another scheme", func(m *merchant) { m.credential.Signer = brand{m.credential.Signer} }, "authorization"},
		{"another merchant", func(m *merchant) { m.credential.ID = "1900000110" }, "mchid"},
		{"another serial", func(m *merchant) { m.credential.Serial = "0A" }, "serial_no"},
		{"timestamp in the past", func(m *merchant) { m.timestamp = shifted(-6 * time.Minute) }, "timestamp"},
		{"timestamp ahead", func(m *merchant) { m.timestamp = shifted(6 * time.Minute) }, "timestamp"},
		{"timestamp not a number", func(m *merchant) { m.timestamp = "now" }, "timestamp"},
		{"a long nonce", func(m *merchant) { m.nonce = strings.Repeat("a", 65) }, "nonce_str"},
		{"another method signed", signedAs("POST", target, ""), "signature"},
		{"another target signed", signedAs("GET", target+"?", ""), "signature"},
		{"another body signed", signedAs("GET", target, "{}"), "signature"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, gateway())
			tc.spoil(m)
			resp, body := m.call("GET", target, "")
			assert.Equal(t, 401, resp.StatusCode)
			assert.Equal(t, "SIGN_ERROR", gjson.Get(body, "code").String())
			assert.Equal(t, tc.field, gjson.Get(body, "detail.field").String(), body)
			assert.False(t, signer.Signed(resp.Header), "WeChat Pay signs no answer to a stranger")
		})
	}
}

type brand struct{ signer.Signer }

func (brand) Scheme() signer.Scheme { return signer.Brand }

func shifted(by time.Duration) string {
	return strconv.FormatInt(time.Now().Add(by).Unix(), 10)
}

func signedAs(method, target, body string) func(*merchant) {
	return func(m *merchant) {
		m.signedAs = func(string, string, string) (string, string, string) { return method, target, body }
	}
}

func TestGatewayTakesAShortNonce(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	m.nonce = "x3k9p2m7a" // as wechatpay-node-v3 makes them
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 200, resp.StatusCode, body)
}

func TestGatewayRefusesANonceUsedBefore(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	m.nonce = signer.Nonce()
	resp, _ := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 200, resp.StatusCode)
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 401, resp.StatusCode)
	assert.Equal(t, "nonce_str", gjson.Get(body, "detail.field").String())
}

func TestGatewayRemembersNoncesAsLongAsTheyCount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		later time.Duration
	}{
		{"at once", 0},
		{"while the timestamp is accepted", 4 * time.Minute},
		{"after nonces were dropped", 11 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			offset := time.Duration(0)
			m := newMerchant(t, newGateway(t, sandbox.Config{Clock: func() time.Time { return time.Now().Add(offset) }}))
			m.nonce = signer.Nonce()
			resp, _ := m.call("GET", "/v3/certificates", "")
			require.Equal(t, 200, resp.StatusCode)
			offset, m.timestamp = tc.later, shifted(tc.later)
			resp, body := m.call("GET", "/v3/certificates", "")
			assert.Equal(t, 401, resp.StatusCode)
			assert.Equal(t, "nonce_str", gjson.Get(body, "detail.field").Str)
		})
	}
}

func TestGatewayDemandsAcceptAndUserAgent(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	m.header.Del("Accept")
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 400, resp.StatusCode)
	assert.Contains(t, body, "INVALID_REQUEST")
	assert.False(t, signer.Signed(resp.Header))
}
