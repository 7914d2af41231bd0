package wechatpay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/cipher"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// downloading is a client that is told no platform keys, but the APIv3 key.
func downloading(t *testing.T, change func(*wechatpay.Config)) (*wechatpay.Client, *wire) {
	t.Helper()
	return sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.PlatformKeys, cfg.APIv3Key = nil, gateway().Credentials().APIv3Key
		if change != nil {
			change(cfg)
		}
	})
}

func TestAClientDownloadsTheKeysThatItNeeds(t *testing.T) {
	t.Parallel()
	c, w := downloading(t, nil)
	for range 3 {
		resp, err := c.Chain("v3/echo").Get(t.Context(), nil)
		require.NoError(t, err)
		assert.True(t, resp.Verified)
	}
	assert.Equal(t, 4, w.count(), "three calls and one download, over the same transport")
	assert.Equal(t, "/v3/certificates", w.sent[1].URL.Path)

	key, err := c.PlatformKeys().Key(t.Context(), gateway().Credentials().PlatformSerial)
	require.NoError(t, err)
	assert.Equal(t, gateway().Credentials().PlatformCertificate, key)
}

func TestALimitOfCallsDoesNotHoldUpTheDownloadOfKeys(t *testing.T) {
	t.Parallel()
	c, _ := downloading(t, func(cfg *wechatpay.Config) {
		cfg.Stack = func(s *middleware.Stack) error {
			return s.Unshift("limit", middleware.Limit(middleware.LimitConfig{InFlight: 1}))
		}
	})
	_, err := c.Chain("v3/echo").Get(t.Context(), nil)
	require.NoError(t, err, "a limit of one call must not keep that call's download waiting")
}

func TestFixedKeysAreUsedWithDownloadedOnes(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	c, w := downloading(t, func(cfg *wechatpay.Config) {
		cfg.PlatformKeys = keys.Set{cred.PublicKeyID: cred.PublicKey}
	})
	_, err := c.Chain("v3/echo").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, cred.PublicKeyID, w.last(t).Header.Get(signer.HeaderSerial), "requests name the public key")
	assert.Equal(t, 1, w.count(), "and need no download")
	_, err = c.PlatformKeys().Key(t.Context(), cred.PlatformSerial)
	require.NoError(t, err, "a webhook may still name a certificate")
	assert.Equal(t, 2, w.count())
}

func TestAKeyringOfTheUsersOwn(t *testing.T) {
	t.Parallel()
	cred := gateway().Credentials()
	keys, err := keys.NewKeyring(keys.KeyringConfig{APIv3Key: cred.APIv3Key, Keys: keys.Set{cred.PublicKeyID: cred.PublicKey}})
	require.NoError(t, err)
	c, w := sandboxClient(t, func(cfg *wechatpay.Config) { cfg.PlatformKeys = keys })
	_, err = c.Chain("v3/echo").Get(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, cred.PublicKeyID, w.last(t).Header.Get(signer.HeaderSerial))
	assert.Same(t, keys, c.PlatformKeys())
}

// TestNothingIsSentThatCouldNotBeVerified: a client without a key gets one first.
func TestNothingIsSentThatCouldNotBeVerified(t *testing.T) {
	t.Parallel()
	c, w := downloading(t, func(cfg *wechatpay.Config) {
		inner := cfg.Transport
		cfg.Transport = middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/certificates") {
				r.Header.Del("Authorization")
			}
			return inner.RoundTrip(r)
		})
	})
	post := func() error {
		_, err := c.Chain("v3/echo").Post(t.Context(), &wechatpay.Options{JSON: wechatpay.M{"a": 1}})
		return err
	}
	err := post()
	require.ErrorIs(t, err, middleware.ErrNotSent)
	var status *keys.StatusError
	require.ErrorAs(t, err, &status, "the cause is told")
	assert.Equal(t, 401, status.StatusCode)
	assert.False(t, wechatpay.OutcomeUnknown(err))
	assert.Equal(t, 1, w.count(), "the download alone")

	_, err = c.Chain("v3/echo").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrUnknownKey, "what takes no effect is sent at once")
	require.ErrorAs(t, err, &status)
}

func TestAPIv3KeyIsChecked(t *testing.T) {
	t.Parallel()
	cfg := config("")
	cfg.APIv3Key = cipher.NewSecret("secret-but-short")
	_, err := wechatpay.New(cfg)
	require.ErrorContains(t, err, "Config.APIv3Key: has 16 bytes; it must have 32")
	assert.NotContains(t, err.Error(), "secret")
	cfg = config("")
	cfg.PlatformKeys = nil
	_, err = wechatpay.New(cfg)
	require.ErrorContains(t, err, "set PlatformKeys, or APIv3Key")
	cfg.Verifier = noVerifier
	cfg.APIv3Key = gateway().Credentials().APIv3Key
	c, err := wechatpay.New(cfg)
	require.NoError(t, err)
	assert.Nil(t, c.PlatformKeys(), "a Verifier stands in their place")
}
