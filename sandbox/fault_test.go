package sandbox_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/sandbox"
)

func TestFaultsComeAfterTheDeedButFor429(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault   string
		created bool
	}{
		{"html-502", true},
		{"rate-429", false},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, gateway())
			m.header.Set(sandbox.FaultHeader, tc.fault)
			m.call("POST", prepayPath, prepayBody("fault-"+tc.fault, nil))
			_, err := gateway().Pay("fault-" + tc.fault)
			assert.Equal(t, tc.created, err == nil)
		})
	}
}
