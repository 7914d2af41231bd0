package keys_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/keys"
)

func TestStartNeedsAContext(t *testing.T) {
	t.Parallel()
	ring, _ := newKeyring(t, newGateway(t), nil)
	var none context.Context
	require.EqualError(t, ring.Start(none), "keys: the context of Start is nil; use context.Background")
	require.NoError(t, ring.Close())
}

func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		require.NoError(t, ring.Start(ctx))
		require.EqualError(t, ring.Start(ctx), "keys: the Keyring is already started; end the context of the first Start")
		synctest.Wait()
		assert.Equal(t, 1, l.downloads(), "immediately")
		time.Sleep(24 * time.Hour)
		assert.Equal(t, 3, l.downloads(), "every 11 hours")
		l.set(func(*http.Request) error { return errors.New("down") }, nil)
		time.Sleep(11 * time.Hour)
		assert.Greater(t, l.downloads(), 100, "after a failure every minute")
		stop()
		require.NoError(t, ring.Start(ctx), "a context that has ended starts nothing")
		synctest.Wait()
		before := l.downloads()
		time.Sleep(48 * time.Hour)
		assert.Equal(t, before, l.downloads(), "not after its context has ended")

		l.set(nil, nil)
		require.NoError(t, ring.Start(t.Context()), "it may be started again")
		synctest.Wait()
		require.NoError(t, ring.Close())
		_, err := ring.Key(t.Context(), g.Credentials().PlatformSerial)
		require.NoError(t, err, "what is held serves on")
		_, err = ring.Key(t.Context(), "01")
		require.ErrorIs(t, err, keys.ErrClosed)
		require.EqualError(t, err, `unknown key "01", a platform certificate: load it under this serial number, or let a Keyring download it with the APIv3 key (held: `+g.Credentials().PlatformSerial+`): keyring closed`)
		require.ErrorIs(t, ring.Start(t.Context()), keys.ErrClosed)
	})
}
