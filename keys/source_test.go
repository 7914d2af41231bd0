package keys_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/cipher"
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
	hidden := struct{ source keys.Source }{s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			for _, value := range []any{s, &s, hidden, &hidden, hidden.source} {
				text := fmt.Sprintf(verb, value)
				assert.NotContains(t, text, "1900000109")
				assert.NotContains(t, text, "31393030303030313039")
				assert.NotContains(t, text, "BEGIN")
			}
		})
	}
}
