package middleware_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

func TestLimitKeepsItsRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := middleware.Limit(middleware.LimitConfig{PerSecond: 10})(middleware.RoundTripperFunc(
			func(*http.Request) (*http.Response, error) { return response(200, ""), nil }))
		send := func(ctx context.Context, merchant, route string) error {
			r := request(t, "GET", "https://x/", nil).WithContext(ctx)
			_, err := rt.RoundTrip(forCall(r, callstate.Info{CallerID: merchant, Route: route}))
			return err
		}
		began := time.Now()
		for range 21 {
			require.NoError(t, send(t.Context(), "1", "a"))
		}
		assert.Equal(t, 2*time.Second, time.Since(began))
		began = time.Now()
		require.NoError(t, send(t.Context(), "1", "b"))
		require.NoError(t, send(t.Context(), "2", "a"))
		assert.Zero(t, time.Since(began), "each merchant and route has a rate of its own")

		short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := send(short, "1", "a")
		require.ErrorIs(t, err, middleware.ErrNotSent)
		ended, end := context.WithCancel(t.Context())
		end()
		require.ErrorIs(t, send(ended, "1", "a"), context.Canceled)
	})
}

func TestLimitCapsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		rt := middleware.Limit(middleware.LimitConfig{InFlight: 3})(middleware.RoundTripperFunc(
			func(*http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), now.Add(1)))
				defer now.Add(-1)
				time.Sleep(time.Second)
				return response(200, ""), nil
			}))
		began := time.Now()
		done := make(chan error)
		r := request(t, "GET", "https://x/", nil)
		for range 9 {
			go func() {
				_, err := rt.RoundTrip(r)
				done <- err
			}()
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := rt.RoundTrip(request(t, "GET", "https://x/", nil).WithContext(ctx))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		for range 9 {
			require.NoError(t, <-done)
		}
		assert.Equal(t, int32(3), most.Load())
		assert.Equal(t, 3*time.Second, time.Since(began))
	})
}
