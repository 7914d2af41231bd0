package keys_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/keys"
)

func TestSourcePrintsItsName(t *testing.T) {
	t.Parallel()
	s := keys.File("apiclient_cert.p12").WithPassword(cipher.NewSecret("1900000109"))
	assert.Equal(t, "apiclient_cert.p12", s.String())
	assert.Equal(t, "apiclient_cert.p12", fmt.Sprintf("%v", s))
	assert.Equal(t, "apiclient_cert.p12", fmt.Sprintf("%+v", s))
}

func TestSourcePrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := keys.Text("-----BEGIN").WithPassword(cipher.NewSecret("1900000109"))
	printtest.Hides(t, s, "1900000109", "-----BEGIN")
}
