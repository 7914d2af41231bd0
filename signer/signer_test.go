package signer_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/printtest"
	"github.com/wechatpay-chain/wechatpay/internal/vectors"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestNewAdaptsAnyCryptoSigner(t *testing.T) {
	t.Parallel()
	key := merchantKey(t)
	s, err := signer.New(hsm{key})
	require.NoError(t, err)
	signature, err := s.Sign(t.Context(), []byte("message"))
	require.NoError(t, err)
	verifier := signer.NewVerifier(keys.Set{"1": key.Public()}, nil)
	require.NoError(t, verifier.Verify(t.Context(), "1", []byte("message"), signature))
	require.ErrorIs(t, verifier.Verify(t.Context(), "1", []byte("massage"), signature), signer.ErrSignature)
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		key  crypto.Signer
		want string
	}{
		{"nil", nil, "signer: private key is nil; load one with keys.LoadPrivateKey"},
		{"nil RSA key", (*rsa.PrivateKey)(nil), "signer: private key is nil; load one with keys.LoadPrivateKey"},
		{"empty RSA key", new(rsa.PrivateKey), "signer: private key: the key is nil or empty"},
		{"elliptic key", ecKey(t), "signer: private key: not an RSA key: got *ecdsa.PublicKey"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := signer.New(tc.key)
			require.EqualError(t, err, tc.want)
		})
	}
	_, err := signer.New(ecKey(t))
	require.ErrorIs(t, err, signer.ErrNotRSA)
}

func TestSignerStopsWithItsContext(t *testing.T) {
	t.Parallel()
	s, err := signer.New(merchantKey(t))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Sign(ctx, []byte("message"))
	require.EqualError(t, err, "context canceled")
}

func TestSignerPrintsNoKey(t *testing.T) {
	t.Parallel()
	key := merchantKey(t)
	s, err := signer.New(key)
	require.NoError(t, err)
	for _, tc := range []struct {
		name  string
		value any
	}{
		{"Signer", s},
		{"Credential", signer.Credential{ID: "1900000109", Serial: "01", Signer: s}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			printtest.Hides(t, tc.value, printtest.PrivateNumbers(key)...)
		})
	}
}

// hsm is a key that can be used but not read.
type hsm struct{ crypto.Signer }

func merchantKey(tb testing.TB) *rsa.PrivateKey {
	tb.Helper()
	key, err := keys.LoadPrivateKey(keys.Text(vectors.Load(tb).Merchant.PKCS8))
	require.NoError(tb, err)
	return key
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
