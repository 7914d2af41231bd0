package sandbox_test

import (
	"crypto"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A counted key counts its signatures.
type counted struct {
	crypto.Signer
	signatures *atomic.Int64
}

func (c counted) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	c.signatures.Add(1)
	return c.Signer.Sign(random, digest, opts)
}

// TestAccelerate: replies and webhooks are signed by what Config.Accelerate returns, for the
// keys of the start, for those of later, and for those of a saved state.
func TestAccelerate(t *testing.T) {
	t.Parallel()
	var signatures atomic.Int64
	cfg := sandbox.Config{Echo: true, Keys: keysOf(t), Accelerate: func(key crypto.Signer) (crypto.Signer, error) {
		return counted{key, &signatures}, nil
	}}
	dir := t.TempDir()
	g, err := sandbox.New(cfg)
	require.NoError(t, err)
	require.NoError(t, g.Save(dir))
	opened, err := sandbox.Open(cfg, dir)
	require.NoError(t, err)
	for _, row := range []struct {
		name    string
		gateway *sandbox.Gateway
	}{{"new", g}, {"opened", opened}} {
		t.Run(row.name, func(t *testing.T) {
			g, m := row.gateway, newMerchant(t, row.gateway)
			signs := func(what string, sign func()) {
				before := signatures.Load()
				sign()
				assert.Equal(t, before+1, signatures.Load(), what)
			}
			signs("reply by certificate", func() { m.call("GET", "/v3/echo", "") })
			signs("reply to a brand", func() { callAs(t, g, brandCredential(t, g), "GET", "/brand/echo", "", nil) })
			signs("webhook", func() {
				header := g.SignWebhook([]byte("x"))
				require.NoError(t, signer.Check(t.Context(), signer.NewVerifier(g.Credentials().PlatformKeys(), nil), header, []byte("x"), time.Now()))
			})
			cert, err := g.IssueCertificate(time.Hour)
			require.NoError(t, err)
			require.NoError(t, g.UseCertificate(signer.Serial(cert)))
			signs("reply by a new certificate", func() { m.call("GET", "/v3/echo", "") })
		})
	}
}

func TestAccelerateErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		accelerate func(key crypto.Signer) (crypto.Signer, error)
		want       string
	}{
		{"error", func(crypto.Signer) (crypto.Signer, error) { return nil, errors.New("no OpenSSL") }, "sandbox: Config.Accelerate: no OpenSSL"},
		{"nothing", func(crypto.Signer) (crypto.Signer, error) { return nil, nil }, "sandbox: Config.Accelerate: signer: private key is nil"},
		{"another key", func(crypto.Signer) (crypto.Signer, error) { return keysOf(t).Brand, nil }, "sandbox: Config.Accelerate returned a signer of another key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := sandbox.New(sandbox.Config{Keys: keysOf(t), Accelerate: tc.accelerate})
			require.ErrorContains(t, err, tc.want)
		})
	}
}
