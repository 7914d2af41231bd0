package future_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

// A race of futures: each ends after so many seconds, with its value or an error.
type entry struct {
	seconds int
	value   int
	err     error
}

func start(ctx context.Context, entries []entry) []*future.Future[int] {
	futures := make([]*future.Future[int], len(entries))
	for i, e := range entries {
		futures[i] = future.Go(ctx, after(time.Duration(e.seconds)*time.Second, e.value, e.err))
	}
	return futures
}

var (
	errA = errors.New("a")
	errB = errors.New("b")
)

func TestCombinators(t *testing.T) {
	type ints = []int
	one := func(f *future.Future[int]) *future.Future[ints] {
		return future.Then(f, func(v int) (ints, error) { return ints{v}, nil })
	}
	all := future.All[int]
	race := func(fs ...*future.Future[int]) *future.Future[ints] { return one(future.Race(fs...)) }
	anyOf := func(fs ...*future.Future[int]) *future.Future[ints] { return one(future.Any(fs...)) }
	two := func(fs ...*future.Future[int]) *future.Future[ints] { return future.Some(2, fs...) }
	zero := func(fs ...*future.Future[int]) *future.Future[ints] { return future.Some(0, fs...) }
	mixed := []entry{{3, 1, nil}, {1, 0, errA}, {2, 3, nil}, {4, 0, errB}}
	good := []entry{{3, 1, nil}, {1, 2, nil}, {2, 3, nil}}
	bad := []entry{{2, 0, errA}, {1, 0, errB}}
	for _, tc := range []struct {
		name    string
		combine func(...*future.Future[int]) *future.Future[ints]
		entries []entry
		want    ints
		errs    []error
		takes   int  // seconds
		cancels bool // whether the rest is cancelled
	}{
		{"All", all, good, ints{1, 2, 3}, nil, 3, false},
		{"All of none", all, nil, ints{}, nil, 0, false},
		{"All, first error", all, mixed, nil, []error{errA}, 1, true},
		{"Any", anyOf, mixed, ints{3}, nil, 2, true},
		{"Any, all fail", anyOf, bad, nil, []error{errA, errB}, 2, false},
		{"Any of none", anyOf, nil, nil, []error{future.ErrNone}, 0, false},
		{"Some", two, mixed, ints{1, 3}, nil, 3, true},
		{"Some, in order given", two, good, ints{2, 3}, nil, 2, true},
		{"Some, too few left", two, bad, nil, []error{errB}, 1, true},
		{"Some, 0", zero, mixed, ints{}, nil, 0, false},
		{"Some, more than there are", two, good[:1], nil, []error{}, 0, false},
		{"Race, won by an error", race, mixed, nil, []error{errA}, 1, true},
		{"Race, won by a value", race, good, ints{2}, nil, 1, true},
		{"Race of none", race, nil, nil, []error{future.ErrNone}, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, end := context.WithCancel(t.Context())
				defer end()
				began := time.Now()
				futures := start(ctx, tc.entries)
				got, err := tc.combine(futures...).Wait()
				assert.Equal(t, time.Duration(tc.takes)*time.Second, time.Since(began))
				if tc.errs == nil {
					require.NoError(t, err)
				} else {
					require.Error(t, err)
				}
				for _, want := range tc.errs {
					require.ErrorIs(t, err, want)
				}
				assert.Equal(t, tc.want, got)
				synctest.Wait()
				pending := 0
				for _, f := range futures {
					if f.State() == future.StatePending {
						pending++
					}
				}
				if tc.cancels {
					assert.Zero(t, pending, "the rest is cancelled")
				}
			})
		})
	}
}

func TestAnyJoinsItsErrorsInTheOrderGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := future.Any(start(t.Context(), []entry{{2, 0, errA}, {1, 0, errB}})...).Wait()
		assert.Equal(t, "a\nb", err.Error())
	})
}

func TestSettleIsNeverRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outcomes, err := future.Settle(start(t.Context(), []entry{{2, 1, nil}, {1, 0, errA}})...).Wait()
		require.NoError(t, err)
		assert.Equal(t, []future.Outcome[int]{{Value: 1}, {Err: errA}}, outcomes)
		assert.Equal(t, future.StateFulfilled, outcomes[0].State())
		assert.Equal(t, future.StateRejected, outcomes[1].State())

		none, err := future.Settle[int]().Wait()
		require.NoError(t, err)
		assert.Empty(t, none)
		assert.NotNil(t, none)
	})
}

func TestCancellingACombinationCancelsItsParts(t *testing.T) {
	type combination interface {
		Cancel()
		Done() <-chan struct{}
	}
	for _, row := range []struct {
		name    string
		combine func(...*future.Future[int]) combination
	}{
		{"All", func(fs ...*future.Future[int]) combination { return future.All(fs...) }},
		{"Any", func(fs ...*future.Future[int]) combination { return future.Any(fs...) }},
		{"Race", func(fs ...*future.Future[int]) combination { return future.Race(fs...) }},
		{"Settle", func(fs ...*future.Future[int]) combination { return future.Settle(fs...) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				futures := start(t.Context(), []entry{{60, 1, nil}, {60, 2, nil}})
				f := row.combine(futures...)
				f.Cancel()
				<-f.Done()
				for _, part := range futures {
					_, err := part.Wait()
					require.ErrorIs(t, err, context.Canceled)
				}
			})
		})
	}
}

func TestTheSameFutureTwice(t *testing.T) {
	f := future.Resolved(1)
	values, err := future.All(f, f).Wait()
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1}, values)
}
