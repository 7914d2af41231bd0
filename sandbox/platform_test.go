package sandbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestTheLifeOfPlatformKeys(t *testing.T) {
	t.Parallel()
	offset := time.Duration(0)
	g := newGateway(t, sandbox.Config{Echo: true, Clock: func() time.Time { return time.Now().Add(offset) }})
	cred := g.Credentials()
	m := newMerchant(t, g)
	listed := func() (serials []string) {
		_, body := m.call("GET", "/v3/certificates", "")
		for _, serial := range gjson.Get(body, "data.#.serial_no").Array() {
			serials = append(serials, serial.Str)
		}
		return serials
	}
	signedBy := func() string {
		resp, _ := m.call("GET", "/v3/echo", "")
		return resp.Header.Get(signer.HeaderSerial)
	}
	assert.Equal(t, []string{cred.PlatformSerial}, listed())

	cert, err := g.IssueCertificate(48 * time.Hour)
	require.NoError(t, err)
	second := signer.Serial(cert)
	assert.Equal(t, []string{cred.PlatformSerial, second}, listed())
	assert.Equal(t, cred.PlatformSerial, signedBy(), "issued is not used")
	require.NoError(t, g.UseCertificate(second))
	assert.Equal(t, second, signedBy())

	m.header.Set(signer.HeaderSerial, second)
	resp, _ := m.call("GET", "/v3/echo", "")
	assert.Equal(t, 200, resp.StatusCode)
	offset = 49 * time.Hour
	m.timestamp = fmtUnix(time.Now().Add(offset))
	require.NoError(t, g.UseCertificate(cred.PlatformSerial))
	assert.Equal(t, cred.PlatformSerial, signedBy(), "a key that has ended signs nothing")
	m.header.Del(signer.HeaderSerial)
	assert.Equal(t, []string{cred.PlatformSerial}, listed(), "nor is it listed")

	require.NoError(t, g.WithdrawCertificate(second))
	require.NoError(t, g.WithdrawCertificate(cred.PlatformSerial))
	resp, body := m.call("GET", "/v3/certificates", "")
	assert.Equal(t, 404, resp.StatusCode)
	assert.Equal(t, "RESOURCE_NOT_EXISTS", gjson.Get(body, "code").Str)
	assert.Equal(t, cred.PublicKeyID, signedBy(), "what is left")

	require.ErrorContains(t, g.UseCertificate(second), "unknown certificate")
	require.ErrorContains(t, g.UseCertificate(cred.PublicKeyID), "unknown certificate")
	require.ErrorContains(t, g.WithdrawCertificate("01"), "unknown certificate")
}

func TestSwitchToPublicKeyByPercentage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		percent int
	}{{"none", 0}, {"one of a hundred", 1}, {"a third", 37}, {"all", 100}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, sandbox.Config{})
			require.NoError(t, g.SwitchToPublicKey(tc.percent))
			public := 0
			for range 100 {
				if g.SignWebhook(nil).Get(signer.HeaderSerial) == g.Credentials().PublicKeyID {
					public++
				}
			}
			assert.Equal(t, tc.percent, public)
		})
	}
}

func TestSwitchToPublicKeyErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		percent int
	}{{"negative", -1}, {"more than all", 101}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, gateway().SwitchToPublicKey(tc.percent), "sandbox: percent is out of range; use 0 to 100")
		})
	}
}
