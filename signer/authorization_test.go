package signer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestParseAuthorization(t *testing.T) {
	const good = `WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",signature="AAAA",timestamp="3",serial_no="S"`
	a, err := signer.ParseAuthorization(good)
	require.NoError(t, err, "in any order")
	assert.Equal(t, "1 n 3 S", strings.Join([]string{a.ID, a.Nonce, a.Timestamp, a.Serial}, " "))
	brand, err := signer.ParseAuthorization(strings.Replace(good, "mchid", "brand_id", 1))
	require.NoError(t, err)
	assert.Equal(t, "1", brand.ID)

	for name, header := range map[string]string{
		"empty":             "",
		"scheme alone":      "WECHATPAY2-SHA256-RSA2048",
		"given twice":       good + `,mchid="2"`,
		"two kinds of id":   good + `,brand_id="2"`,
		"unknown parameter": good + `,x="2"`,
		"unquoted":          strings.Replace(good, `"3"`, `3`, 1),
		"empty value":       strings.Replace(good, `"3"`, `""`, 1),
		"missing":           strings.Replace(good, `,timestamp="3"`, ``, 1),
		"no base64":         strings.Replace(good, `AAAA`, `A`, 1),
	} {
		_, err := signer.ParseAuthorization(header)
		require.ErrorContains(t, err, "malformed Authorization", name)
	}
}

func TestAuthorizeNamesTheSchemeOfItsSigner(t *testing.T) {
	c := signer.Credential{ID: "77", Serial: "S", Signer: brandSigner{}}
	header, err := c.Authorize(t.Context(), "GET", "/brand/x", "3", "n", nil)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(header, `WECHATPAY-BRAND-SHA256-RSA2048 brand_id="77",`), header)

	broken := errors.New("broken")
	c.Signer = signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, broken })
	_, err = c.Authorize(t.Context(), "GET", "/x", "3", "n", nil)
	require.ErrorIs(t, err, broken)
}

type brandSigner struct{}

func (brandSigner) Sign(context.Context, []byte) ([]byte, error) { return []byte("x"), nil }
func (brandSigner) Scheme() signer.Scheme                        { return signer.Brand }
