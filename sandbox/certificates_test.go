package sandbox_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestGatewayHandsOutItsCertificateEncrypted(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, gateway())
	_, body := m.call("GET", "/v3/certificates", "")
	encrypted := gjson.Get(body, "data.0.encrypt_certificate")
	plain, err := cipher.DecryptResource(gateway().Credentials().APIv3Key, cipher.Resource{
		Nonce: encrypted.Get("nonce").Str, AssociatedData: encrypted.Get("associated_data").Str, Ciphertext: encrypted.Get("ciphertext").Str,
	})
	require.NoError(t, err)
	cert, err := keys.LoadCertificate(keys.Bytes(plain))
	require.NoError(t, err)
	assert.Equal(t, gjson.Get(body, "data.0.serial_no").String(), signer.Serial(cert))
	assert.True(t, cert.Equal(gateway().Credentials().PlatformCertificate))
}
