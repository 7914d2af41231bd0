package keys_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/testgateway"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/signer"
)

func TestFirstLookupDownloads(t *testing.T) {
	t.Parallel()
	g := testgateway.Shared()
	cred := g.Credentials()
	ring, l := newKeyring(t, g, nil)
	assert.Zero(t, l.downloads(), "NewKeyring does not use the network")
	for _, id := range []string{cred.PlatformSerial, strings.ToLower(cred.PlatformSerial), "00" + cred.PlatformSerial} {
		key, err := ring.Key(t.Context(), id)
		require.NoError(t, err, id)
		assert.True(t, cred.PlatformCertificate.Equal(key.(*x509.Certificate)))
	}
	assert.Equal(t, 1, l.downloads())
	assert.Equal(t, "keys.Keyring(mchid 1900000109, keys held: 1)", ring.String())
}

func TestKeyringHoldsPublicKeys(t *testing.T) {
	t.Parallel()
	g := testgateway.Shared()
	cred := g.Credentials()
	var named string
	ring, l := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{cred.PublicKeyID: cred.PublicKey} })
	l.set(func(r *http.Request) error { named = r.Header.Get(signer.HeaderSerial); return nil }, nil)

	found, err := ring.Key(t.Context(), cred.PublicKeyID)
	require.NoError(t, err)
	assert.True(t, cred.PublicKey.Equal(found))
	for _, id := range []string{"PUB_KEY_ID_01", "", "no hex", strings.Repeat("A", 41)} {
		_, err = ring.Key(t.Context(), id)
		require.ErrorIs(t, err, signer.ErrUnknownKey, id)
	}
	assert.Zero(t, l.downloads(), "only serials can be downloaded")

	_, err = ring.Key(t.Context(), cred.PlatformSerial)
	require.NoError(t, err)
	assert.Equal(t, cred.PublicKeyID, named, "the download names the public key, as every request does")
	ids := 0
	for range ring.All() {
		ids++
	}
	assert.Equal(t, 2, ids)
}

func TestKeyringEncryptionKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, l := newKeyring(t, g, nil)
		id, key, err := ring.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err, "the first use downloads")
		assert.Equal(t, cred.PlatformSerial, id)
		assert.True(t, key.Equal(cred.PlatformCertificate.PublicKey))

		time.Sleep(time.Hour)
		newer, err := g.IssueCertificate(24 * time.Hour)
		require.NoError(t, err)
		require.NoError(t, ring.Refresh(t.Context()))
		id, _, err = ring.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err)
		assert.Equal(t, signer.Serial(newer), id, "the newest")
		id, _, err = ring.EncryptionKey(t.Context(), time.Now().Add(25*time.Hour))
		require.NoError(t, err)
		assert.Equal(t, cred.PlatformSerial, id, "of those that have not ended")
		id, _, err = ring.EncryptionKey(t.Context(), time.Now().Add(-30*time.Minute))
		require.NoError(t, err)
		assert.Equal(t, cred.PlatformSerial, id, "of those that have begun")
		assert.Equal(t, 2, l.downloads())

		both, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.Set{cred.PublicKeyID: cred.PublicKey} })
		require.NoError(t, both.Refresh(t.Context()))
		id, key, err = both.EncryptionKey(t.Context(), time.Now())
		require.NoError(t, err)
		assert.Equal(t, cred.PublicKeyID, id, "the public key, where there is one")
		assert.True(t, cred.PublicKey.Equal(key))

		two, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) {
			cfg.Keys = keys.Set{"PUB_KEY_ID_1": cred.PublicKey, "PUB_KEY_ID_2": cred.PublicKey}
		})
		_, _, err = two.EncryptionKey(t.Context(), time.Now())
		require.EqualError(t, err, "several public keys are held (PUB_KEY_ID_1 and PUB_KEY_ID_2); keep one, or name the one that encrypts")
	})
}

func TestKeyringsShareNothing(t *testing.T) {
	t.Parallel()
	one, other := testgateway.Shared(), newGateway(t)
	a, _ := newKeyring(t, one, nil)
	b, _ := newKeyring(t, other, nil)
	_, err := a.Key(t.Context(), one.Credentials().PlatformSerial)
	require.NoError(t, err)
	_, err = b.Key(t.Context(), one.Credentials().PlatformSerial)
	require.ErrorIs(t, err, signer.ErrUnknownKey)
	_, err = b.Key(t.Context(), other.Credentials().PlatformSerial)
	require.NoError(t, err)
}

func TestExpiredCertificateIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		cred := g.Credentials()
		ring, _ := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))
		verifier := signer.NewVerifier(ring, nil)
		time.Sleep(time.Until(cred.PlatformCertificate.NotAfter) + time.Second)
		err := verifier.Verify(t.Context(), cred.PlatformSerial, nil, nil)
		require.ErrorIs(t, err, signer.ErrExpired)
	})
}

func TestCloseStopsADownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		l.set(func(r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }, nil)
		var group sync.WaitGroup
		group.Go(func() { assert.ErrorIs(t, ring.Refresh(t.Context()), context.Canceled) })
		synctest.Wait()
		require.NoError(t, ring.Close())
		group.Wait()
	})
}

func TestConfiguredKeysAreKept(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	cred := g.Credentials()
	ring, _ := newKeyring(t, g, func(cfg *keys.KeyringConfig) { cfg.Keys = keys.CertificateSet(cred.PlatformCertificate) })
	second, err := g.IssueCertificate(time.Hour)
	require.NoError(t, err)
	require.NoError(t, g.UseCertificate(signer.Serial(second)))
	require.NoError(t, g.WithdrawCertificate(cred.PlatformSerial))
	_, err = ring.Key(t.Context(), signer.Serial(second))
	require.NoError(t, err)
	_, err = ring.Key(t.Context(), cred.PlatformSerial)
	require.NoError(t, err, "keys of the Config are always held")
}

func TestKeyringPrintsNoKey(t *testing.T) {
	t.Parallel()
	ring, _ := newKeyring(t, testgateway.Shared(), nil)
	for _, verb := range []string{"%v", "%+v", "%s"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, "keys.Keyring(mchid 1900000109, keys held: 0)", fmt.Sprintf(verb, ring))
		})
	}
	for _, verb := range []string{"%#v", "%d"} {
		t.Run(verb+" prints an address", func(t *testing.T) {
			t.Parallel()
			text := fmt.Sprintf(verb, ring)
			assert.NotContains(t, text, "1900000109")
			assert.Less(t, len(text), 80, text)
		})
	}
	data, err := json.Marshal(ring) //nolint:staticcheck // that it is empty is the point
	require.NoError(t, err)
	assert.JSONEq(t, "{}", string(data))
}

func TestZeroKeyring(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		ring *keys.Keyring
	}{{"nil", nil}, {"zero", new(keys.Keyring)}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			const text = "the Keyring is a zero value; make one with NewKeyring"
			_, err := tc.ring.Key(t.Context(), "01")
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			require.EqualError(t, err, `unknown key "01": `+text)
			_, _, err = tc.ring.EncryptionKey(t.Context(), time.Now())
			require.EqualError(t, err, "unknown key: "+text)
			require.EqualError(t, tc.ring.Refresh(t.Context()), "keys: "+text)
			require.EqualError(t, tc.ring.Start(t.Context()), "keys: "+text)
			require.NoError(t, tc.ring.Close())
			assert.Equal(t, "keys.Keyring(zero)", tc.ring.String())
			assert.True(t, tc.ring.Empty())
			for id := range tc.ring.All() {
				t.Error("held", id)
			}
		})
	}
}
