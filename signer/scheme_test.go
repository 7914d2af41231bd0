package signer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/signer"
)

type schemeSigner struct {
	brandSigner
	scheme signer.Scheme
}

func (s schemeSigner) Scheme() signer.Scheme { return s.scheme }

// TestTheHeaderHasTheSchemeOfItsSigner: its name, and the parameter with the caller's id.
func TestTheHeaderHasTheSchemeOfItsSigner(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		signer signer.Signer
		want   string
	}{
		{"no Schemer", signer.Func(brandSigner{}.Sign), `WECHATPAY2-SHA256-RSA2048 mchid="77",`},
		{"RSA", schemeSigner{scheme: signer.RSA}, `WECHATPAY2-SHA256-RSA2048 mchid="77",`},
		{"brand", schemeSigner{scheme: signer.Brand}, `WECHATPAY-BRAND-SHA256-RSA2048 brand_id="77",`},
		{"SM2", schemeSigner{scheme: signer.SM2}, `WECHATPAY2-SM2-WITH-SM3 mchid="77",`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := signer.Credential{ID: "77", Serial: "0A", Signer: row.signer}
			header, err := c.Authorize(t.Context(), signer.Request{Timestamp: "1", Nonce: "n"})
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(header, row.want), header)
			parsed, err := signer.ParseAuthorization(header)
			require.NoError(t, err)
			assert.Equal(t, signer.SchemeOf(row.signer).Name, parsed.Scheme)
		})
	}
}
