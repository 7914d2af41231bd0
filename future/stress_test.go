package future_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

// TestStress grows random trees of futures, with random cancels, panics, exits and
// time-outs, from several goroutines. All must settle, in virtual time.
func TestStress(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			ctx, end := context.WithTimeout(t.Context(), time.Minute)
			defer end()
			var growers sync.WaitGroup
			var mu sync.Mutex
			var all []*future.Future[int]
			for g := range uint64(4) {
				growers.Go(func() {
					random := rand.New(rand.NewPCG(seed, g))
					own := make([]*future.Future[int], 0, 201)
					own = append(own, future.Go(ctx, after(time.Second, 1, nil)))
					for range 200 {
						own = append(own, grow(ctx, random, own))
						if random.IntN(20) == 0 {
							own[random.IntN(len(own))].Cancel()
						}
						if random.IntN(10) == 0 {
							time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond)
						}
					}
					mu.Lock()
					defer mu.Unlock()
					all = append(all, own...)
				})
			}
			growers.Wait()
			outcomes, err := future.Settle(all...).Wait()
			require.NoError(t, err)
			require.Len(t, outcomes, 4*201)
			for i, f := range all {
				require.NotEqual(t, future.StatePending, f.State())
				require.Equal(t, f.State(), outcomes[i].State())
			}
		})
	}
}

// grow adds one future to those there are.
func grow(ctx context.Context, random *rand.Rand, own []*future.Future[int]) *future.Future[int] {
	from, other := own[random.IntN(len(own))], own[random.IntN(len(own))]
	delay := time.Duration(random.IntN(5000)) * time.Millisecond
	switch random.IntN(12) {
	case 0:
		return future.Go(ctx, after(delay, 1, nil))
	case 1:
		return future.Go(ctx, after(delay, 0, errTest))
	case 2:
		return future.Go(ctx, func(context.Context) (int, error) { panic(errTest) })
	case 3:
		return from.Then(func(int) (int, error) { runtime.Goexit(); return 0, nil })
	case 4:
		return from.Then(func(v int) (int, error) { time.Sleep(delay); return v, nil })
	case 5:
		return from.Otherwise(func(error) (int, error) { return 1, nil })
	case 6:
		return from.Finally(func() { panic("finally") })
	case 7:
		short, cancel := context.WithTimeout(ctx, delay/2)
		return future.Go(short, after(delay, 1, nil)).Finally(cancel)
	case 8:
		return future.Race(from, other)
	case 9:
		return future.Any(from, other)
	case 10:
		return future.Then(future.All(from, other), func(v []int) (int, error) { return len(v), errors.Join() })
	default:
		return future.Flatten(future.Then(from, func(int) (*future.Future[int], error) { return other, nil }))
	}
}
