package main

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAClientWithoutKeysCalls(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	assert.Equal(t, "verified true certificates 1\n", out.String())
}

func TestARefusalIsToldFromAServiceThatIsDown(t *testing.T) {
	merchant := testgateway.Shared().Credentials()
	local, err := signer.New(merchant.PrivateKey)
	require.NoError(t, err)
	address, stop, err := serveKeys(t.Context(), local, signer.NewVerifier(merchant.PlatformKeys(), nil))
	require.NoError(t, err)
	keys := &keyService{url: "http://" + address, http: &http.Client{Timeout: time.Second}}
	defer keys.http.CloseIdleConnections()

	err = keys.verify(t.Context(), merchant.PublicKeyID, []byte("message"), []byte("forged"))
	require.ErrorIs(t, err, signer.ErrSignature)
	_, err = keys.post(t.Context(), "/nowhere", nil, nil)
	require.ErrorContains(t, err, "404")
	stop()
	err = keys.verify(t.Context(), merchant.PublicKeyID, []byte("message"), []byte("forged"))
	require.ErrorContains(t, err, "asking the key service")
	require.NotErrorIs(t, err, signer.ErrSignature)
}
