package interop_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestRotation plays the rotation of the platform certificate as WeChat Pay does: the new one is
// listed, then it signs, then the old one is gone.
func TestRotation(t *testing.T) {
	t.Parallel()
	for _, row := range sdks() {
		if row.publicKey {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := sandboxtest.New(t)
			client := row.new(t, s)
			client.order(t, "rotated-1", nobody)
			issued, err := s.Gateway.IssueCertificate(time.Hour)
			require.NoError(t, err)
			client.refresh(t)
			require.NoError(t, s.Gateway.UseCertificate(signer.Serial(issued)))
			require.NoError(t, client.query(t, "rotated-1"))
			require.NoError(t, s.Gateway.WithdrawCertificate(s.Credentials.PlatformSerial))
			require.NoError(t, client.query(t, "rotated-1"))
			client.refresh(t)
			client.transferTo(t, "T1", nobody) // whose name is encrypted to the new key
		})
	}
}
