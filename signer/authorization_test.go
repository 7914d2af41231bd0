package signer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/signer"
)

const goodAuthorization = `WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",signature="AAAA",timestamp="3",serial_no="S"`

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, idParam, header string }{
		{"merchant, in any order", "mchid", goodAuthorization},
		{"brand", "brand_id", strings.Replace(goodAuthorization, "mchid", "brand_id", 1)},
		{"space after the comma", "mchid", strings.ReplaceAll(goodAuthorization, ",", ", ")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a, err := signer.ParseAuthorization(tc.header)
			require.NoError(t, err)
			assert.Equal(t, signer.Authorization{
				Scheme: signer.RSA.Name, IDParam: tc.idParam, ID: "1", Serial: "S", Timestamp: "3", Nonce: "n", Signature: []byte{0, 0, 0},
			}, a)
		})
	}
}

func TestParseAuthorizationErrors(t *testing.T) {
	t.Parallel()
	const invalid = "signer: malformed Authorization header: "
	without := func(param string) string { return strings.Replace(goodAuthorization, param, "", 1) }
	for _, tc := range []struct{ name, header, want string }{
		{"empty", "", "the scheme is missing"},
		{"scheme alone", signer.RSA.Name, `parameter "" is unknown, repeated, empty or unquoted`},
		{"repeated", goodAuthorization + `,mchid="2"`, `parameter "mchid" is unknown, repeated, empty or unquoted`},
		{"two kinds of id", goodAuthorization + `,brand_id="2"`, `parameter "brand_id" is unknown, repeated, empty or unquoted`},
		{"unknown", goodAuthorization + `,x="2"`, `parameter "x" is unknown, repeated, empty or unquoted`},
		{"unquoted", strings.Replace(goodAuthorization, `"3"`, `3`, 1), `parameter "timestamp" is unknown, repeated, empty or unquoted`},
		{"empty value", strings.Replace(goodAuthorization, `"3"`, `""`, 1), `parameter "timestamp" is unknown, repeated, empty or unquoted`},
		{"without mchid", without(`mchid="1",`), `parameter "mchid" is missing`},
		{"without nonce_str", without(`nonce_str="n",`), `parameter "nonce_str" is missing`},
		{"without signature", without(`signature="AAAA",`), `parameter "signature" is missing`},
		{"without timestamp", without(`timestamp="3",`), `parameter "timestamp" is missing`},
		{"without serial_no", without(`,serial_no="S"`), `parameter "serial_no" is missing`},
		{"not base64", strings.Replace(goodAuthorization, `AAAA`, `A`, 1), `parameter "signature" is not base64: illegal base64 data at input byte 0`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := signer.ParseAuthorization(tc.header)
			require.EqualError(t, err, invalid+tc.want)
		})
	}
}

func TestAuthorizeUsesTheSchemeOfTheSigner(t *testing.T) {
	t.Parallel()
	c := signer.Credential{ID: "77", Serial: "S", Signer: brandSigner{}}
	header, err := c.Authorize(t.Context(), signer.Request{Method: "GET", Target: "/brand/x", Timestamp: "3", Nonce: "n"})
	require.NoError(t, err)
	assert.Equal(t, `WECHATPAY-BRAND-SHA256-RSA2048 brand_id="77",serial_no="S",timestamp="3",nonce_str="n",signature="eA=="`, header)
}

func TestAuthorizeErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tc := range []struct {
		name   string
		signer signer.Signer
		want   string
		is     error
	}{
		{"no signer", nil, "signer: Credential.Signer is nil; make one with signer.New", nil},
		{
			"signer fails", signer.Func(func(context.Context, []byte) ([]byte, error) { return nil, broken }),
			"signer: signing the request: broken", broken,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := signer.Credential{Signer: tc.signer}.Authorize(t.Context(), signer.Request{Method: "GET", Target: "/x"})
			require.EqualError(t, err, tc.want)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
		})
	}
}

var _ signer.Schemer = brandSigner{}

type brandSigner struct{}

func (brandSigner) Sign(context.Context, []byte) ([]byte, error) { return []byte("x"), nil }
func (brandSigner) Scheme() signer.Scheme                        { return signer.Brand }

func FuzzParseAuthorization(f *testing.F) {
	for _, r := range vectors.Load(f).Requests {
		f.Add(r.Authorization)
	}
	f.Add(`A mchid="",serial_no`)
	f.Fuzz(func(t *testing.T, header string) {
		if a, err := signer.ParseAuthorization(header); err == nil {
			require.NotEmpty(t, a.Scheme)
			require.NotEmpty(t, a.ID)
			require.NotEmpty(t, a.Nonce)
		}
	})
}
