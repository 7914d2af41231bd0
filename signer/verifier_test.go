package signer_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestVerifierAcceptsACertificateUntilItsEnd(t *testing.T) {
	t.Parallel()
	v := vectors.Load(t)
	good := v.Responses[0]
	cert, err := keys.LoadCertificate(keys.Text(v.Platform.Certificate))
	require.NoError(t, err)
	check := func(now time.Time) error {
		verifier := signer.NewVerifier(keys.CertificateSet(cert), func() time.Time { return now })
		return signer.Check(t.Context(), verifier, header(good), []byte(good.Body), at(t, good.Timestamp))
	}
	require.NoError(t, check(cert.NotAfter))
	require.ErrorIs(t, check(cert.NotAfter.Add(time.Second)), signer.ErrExpired)
}

func TestVerifierErrors(t *testing.T) {
	t.Parallel()
	pub := &merchantKey(t).PublicKey
	end := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	broken := errors.New("broken")
	for _, tc := range []struct {
		name string
		keys signer.KeySource
		want string
		is   error
	}{
		{"no key source", nil, `unknown key "01": the verifier has no keys; pass a KeySource to NewVerifier`, signer.ErrUnknownKey},
		{"key source fails", failingKeys{broken}, "broken", broken},
		{"elliptic key", keys.Set{"01": ecKey(t).Public()}, `key "01": not an RSA key: got *ecdsa.PublicKey`, signer.ErrNotRSA},
		{"no key", keys.Set{"01": nil}, `key "01": not an RSA key: got <nil>`, signer.ErrNotRSA},
		{"empty key", keys.Set{"01": new(rsa.PublicKey)}, `key "01": the key is nil or empty`, nil},
		{
			"expired", keys.Set{"01": &x509.Certificate{NotAfter: end, PublicKey: pub}},
			`certificate expired on 2026-01-02T03:04:05Z (key "01")`, signer.ErrExpired,
		},
		{"wrong signature", keys.Set{"01": pub}, `bad signature by key "01": crypto/rsa: verification error`, signer.ErrSignature},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			verifier := signer.NewVerifier(tc.keys, func() time.Time { return end.Add(time.Second) })
			err := verifier.Verify(t.Context(), "01", []byte("message"), []byte("signature"))
			require.EqualError(t, err, tc.want)
			if tc.is != nil {
				require.ErrorIs(t, err, tc.is)
			}
		})
	}
}

type failingKeys struct{ err error }

func (k failingKeys) Key(context.Context, string) (crypto.PublicKey, error) { return nil, k.err }
