package sandbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

// TestArmedFaults: the next calls of a route fail, and no others.
func TestArmedFaults(t *testing.T) {
	t.Parallel()
	g := newGateway(t, sandbox.Config{})
	m := newMerchant(t, g)
	require.NoError(t, g.Arm(sandbox.FaultRule{Method: "get", Path: "/v3/refund/domestic/refunds/{out_refund_no}", Code: "SYSTEM_ERROR", Status: 500, Times: 2}))
	require.NoError(t, g.Arm(sandbox.FaultRule{Path: "/v3/certificates", Fault: "unsigned"}))
	require.NoError(t, g.Arm(sandbox.FaultRule{Path: "/v3/certificates", Delay: time.Millisecond}))
	status := func(method, path string) int {
		resp, body := m.call(method, path, "")
		if resp.StatusCode == 500 {
			assert.Contains(t, body, `"SYSTEM_ERROR"`)
			assert.NotEmpty(t, resp.Header.Get("Wechatpay-Signature"), "an error of WeChat Pay is signed")
		}
		return resp.StatusCode
	}
	assert.Equal(t, 500, status("GET", "/v3/refund/domestic/refunds/1"))
	assert.Equal(t, 500, status("GET", "/v3/refund/domestic/refunds/2"))
	assert.NotEqual(t, 500, status("GET", "/v3/refund/domestic/refunds/3"))
	resp, _ := m.call("GET", "/v3/certificates", "")
	assert.Empty(t, resp.Header.Get("Wechatpay-Signature"))
	resp, _ = m.call("GET", "/v3/certificates", "")
	assert.NotEmpty(t, resp.Header.Get("Wechatpay-Signature"), "only late")

	require.NoError(t, g.Arm(sandbox.FaultRule{Code: "X", Times: 9}))
	g.Disarm()
	assert.Equal(t, 200, status("GET", "/v3/certificates"))
}

func TestArmRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		rule sandbox.FaultRule
		want string
	}{
		{"nothing", sandbox.FaultRule{Path: "/v3/x"}, "no effect"},
		{"both kinds", sandbox.FaultRule{Fault: "unsigned", Code: "X"}, "mutually exclusive"},
		{"an unknown fault", sandbox.FaultRule{Fault: "x"}, "unknown fault"},
		{"a success", sandbox.FaultRule{Code: "X", Status: 200}, "not 400 to 599"},
		{"less than never", sandbox.FaultRule{Code: "X", Times: -1}, "negative"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, gateway().Arm(row.rule), row.want)
		})
	}
}
