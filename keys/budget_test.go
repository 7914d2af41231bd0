package keys_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/keys"
	"github.com/wechatpay-chain/wechatpay/sandbox"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// ofCall is the context of a call with the client's default time-out.
func ofCall(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(callstate.OfReply(t.Context()), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func rotate(t *testing.T, g *sandbox.Gateway) (serial string) {
	t.Helper()
	cert, err := g.IssueCertificate(24 * time.Hour)
	require.NoError(t, err)
	return signer.Serial(cert)
}

func TestForgedWebhooksDoNotStarveCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		require.NoError(t, ring.Refresh(t.Context()))
		forged := 0
		forge := func() {
			forged++
			_, err := ring.Key(t.Context(), fmt.Sprintf("BAD%d", forged))
			require.ErrorIs(t, err, signer.ErrUnknownKey)
		}
		calls, failed := 0, 0
		for range 20 { // rotations, each just after a forgery
			time.Sleep(time.Minute)
			forge()
			serial := rotate(t, g)
			for range 10 {
				calls++
				if _, err := ring.Key(ofCall(t), serial); err != nil {
					failed++
				}
				forge()
			}
		}
		assert.Zero(t, failed, "of %d calls", calls)
		assert.Equal(t, 1+20+20, l.downloads(), "one a minute for the forgeries, one for each rotation")
	})
}

func TestCallWaitsForTheNextDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		for range 6 { // faster than any budget
			serial := rotate(t, g)
			_, err := ring.Key(ofCall(t), serial)
			require.NoError(t, err)
		}
		assert.Equal(t, 6, l.downloads())

		hasty, cancel := context.WithTimeout(callstate.OfReply(t.Context()), time.Second)
		defer cancel()
		began := time.Now()
		_, err := ring.Key(hasty, rotate(t, g))
		require.ErrorContains(t, err, "the certificates were downloaded recently; the next download may start in 15s")
		assert.Zero(t, time.Since(began), "it does not wait in vain")

		canceled, stop := context.WithCancel(callstate.OfReply(t.Context()))
		time.AfterFunc(time.Second, stop)
		_, err = ring.Key(canceled, rotate(t, g))
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestCallWaitsAfterAFailedDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		l.set(func(*http.Request) error { return errors.New("the network is down") }, nil)
		for range 5 {
			_, err := ring.Key(ofCall(t), g.Credentials().PlatformSerial)
			require.ErrorIs(t, err, signer.ErrUnknownKey)
		}
		l.set(nil, nil)
		_, err := ring.Key(ofCall(t), g.Credentials().PlatformSerial)
		require.NoError(t, err)
	})
}

// A list may have been read before the key was published: it does not settle a lookup that
// began while it was on its way.
func TestCallDoesNotTrustAnOlderDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		l.set(nil, func(*http.Response) { time.Sleep(2 * time.Second) }) // the list is made first
		var group sync.WaitGroup
		group.Go(func() { _, _ = ring.Key(t.Context(), "BAD") })
		time.Sleep(time.Second)
		serial := rotate(t, g)
		_, err := ring.Key(ofCall(t), serial)
		require.NoError(t, err)
		group.Wait()
		assert.Equal(t, 2, l.downloads())
	})
}

func TestCallWakesWhenAnotherDownloadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, _ := newKeyring(t, g, nil)
		for range 4 {
			_, err := ring.Key(ofCall(t), rotate(t, g))
			require.NoError(t, err)
		}
		serial := rotate(t, g)
		time.AfterFunc(time.Second, func() { _, _ = ring.Key(t.Context(), "BAD") })
		began := time.Now()
		_, err := ring.Key(ofCall(t), serial)
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(began))
		synctest.Wait()
	})
}

func TestUnknownSerialsAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t)
		ring, l := newKeyring(t, g, nil)
		unknown := func(id string) error {
			_, err := ring.Key(t.Context(), id)
			require.ErrorIs(t, err, signer.ErrUnknownKey)
			return err
		}
		_ = unknown("0ABC")
		time.Sleep(time.Minute)
		for _, id := range []string{"0ABC", "0abc", "ABC"} {
			require.ErrorContains(t, unknown(id), "the list of certificates that was downloaded 1m0s ago does not have it")
		}
		assert.Equal(t, 1, l.downloads(), "another merchant's webhooks leave the budget alone")
		_, err := ring.Key(t.Context(), rotate(t, g))
		require.NoError(t, err)
		assert.Equal(t, 2, l.downloads())

		time.Sleep(5 * time.Minute)
		_ = unknown("0ABC")
		assert.Equal(t, 3, l.downloads(), "for a while")
	})
}

func TestMemoryOfUnknownSerialsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring, l := newKeyring(t, newGateway(t), nil)
		l.set(func(*http.Request) error { time.Sleep(time.Second); return nil }, nil)
		var group sync.WaitGroup
		for i := range 5000 {
			group.Go(func() { _, _ = ring.Key(t.Context(), fmt.Sprintf("BAD%d", i)) })
		}
		group.Wait()
		assert.LessOrEqual(t, keys.AbsentIDs(ring), 1024)
		assert.Positive(t, keys.AbsentIDs(ring))
	})
}
