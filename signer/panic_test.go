package signer_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// TestAPanicWhileSigningSentNothing: its outcome is known, whoever signs.
func TestAPanicWhileSigningSentNothing(t *testing.T) {
	t.Parallel()
	cause := errors.New("HSM")
	broken := signer.Func(func(context.Context, []byte) ([]byte, error) { panic(cause) })
	for _, row := range []struct {
		name string
		sign func(context.Context) error
		want string
	}{
		{"Sign", func(ctx context.Context) error {
			_, err := signer.Sign(ctx, broken, nil)
			return err
		}, "Signer: panic: HSM"},
		{"Authorize", func(ctx context.Context) error {
			_, err := signer.Credential{Signer: broken}.Authorize(ctx, signer.Request{})
			return err
		}, "signer: signing the request: Signer: panic: HSM"},
		{"paysign", func(ctx context.Context) error {
			_, err := paysign.JSAPI(ctx, broken, paysign.JSAPIOrder{AppID: "wx1", PrepayID: "wx2"})
			return err
		}, "paysign: signing the parameters: Signer: panic: HSM"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := row.sign(t.Context())
			require.EqualError(t, err, row.want)
			var panicked *future.PanicError
			require.ErrorAs(t, err, &panicked)
			assert.NotEmpty(t, panicked.Stack)
			require.ErrorIs(t, err, cause)
			// What wechatpay.OutcomeUnknown asks: the error nearest to the caller decides.
			var outcome interface{ OutcomeUnknown() bool }
			require.ErrorAs(t, err, &outcome)
			assert.False(t, outcome.OutcomeUnknown())
		})
	}
}

type pointerSigner struct{ key *rsa.PrivateKey }

func (p *pointerSigner) Sign(context.Context, []byte) ([]byte, error) { return p.key.N.Bytes(), nil }

type pointerVerifier struct{ key *rsa.PublicKey }

func (p *pointerVerifier) Verify(context.Context, string, []byte, []byte) error {
	_ = p.key.N
	return nil
}

// TestNilIsNoPanic: an error says which value is nil.
func TestNilIsNoPanic(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		s    signer.Signer
	}{{"nil", nil}, {"nil pointer", (*pointerSigner)(nil)}, {"nil Func", signer.Func(nil)}} {
		t.Run("Signer/"+row.name, func(t *testing.T) {
			t.Parallel()
			_, err := signer.Sign(t.Context(), row.s, nil)
			require.EqualError(t, err, "signer: the Signer is nil; make one with New")
			c := signer.Credential{ID: "1900000109", Serial: "01", Signer: row.s}
			_, err = c.Authorize(t.Context(), signer.Request{})
			require.EqualError(t, err, "signer: Credential.Signer is nil; make one with signer.New")
			require.EqualError(t, c.Check(), "Signer: is nil; make one with signer.New")
		})
	}
	for _, row := range []struct {
		name string
		v    signer.Verifier
	}{{"nil", nil}, {"nil pointer", (*pointerVerifier)(nil)}, {"nil VerifierFunc", signer.VerifierFunc(nil)}} {
		t.Run("Verifier/"+row.name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, checkNow(t, row.v, nil), "signer: the Verifier is nil; make one with NewVerifier")
		})
	}
}
