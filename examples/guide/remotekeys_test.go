package guide_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/examples/guide"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/paysign"
	"github.com/wechatpay-chain/wechatpay/sandbox/sandboxtest"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A remoteToken has a key that it does not give away, and counts its signatures.
type token struct {
	key        crypto.Signer
	signatures int
}

func (k *token) Public() crypto.PublicKey { return k.key.Public() }

func (k *token) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.signatures++
	return k.key.Sign(random, digest, opts)
}

func TestRemoteKeys(t *testing.T) {
	t.Parallel()
	s := sandboxtest.New(t)
	hsm := &token{key: s.Credentials.PrivateKey}
	c, err := guide.TokenClient(s.Credentials.MchID, s.Credentials.Serial, hsm, s.Credentials.PlatformKeys(), s.URL)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	_, err = c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	_, err = paysign.JSAPI(t.Context(), c.Signer(), paysign.JSAPIOrder{AppID: "wxd678efh567hg6787", PrepayID: "wx1"})
	require.NoError(t, err)
	assert.Equal(t, 2, hsm.signatures, "the call and the pay parameters")

	local, err := signer.New(s.Credentials.PrivateKey)
	require.NoError(t, err)
	verifier := signer.NewVerifier(s.Credentials.PlatformKeys(), nil)
	down := false
	sign := func(ctx context.Context, message []byte) ([]byte, error) {
		if down {
			return nil, errors.New("the key service is down")
		}
		return local.Sign(ctx, message)
	}
	c, err = guide.ServiceClient(s.Credentials.MchID, s.Credentials.Serial, sign, verifier.Verify, s.URL)
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	_, err = c.Chain("v3/certificates").Get(t.Context(), nil)
	require.NoError(t, err)
	down = true
	_, err = c.Chain("v3/refund/domestic/refunds").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"out_refund_no": "r1"}})
	require.ErrorIs(t, err, middleware.ErrNotSent)
	assert.False(t, wechatpay.OutcomeUnknown(err), "what is not signed is not sent")
}
