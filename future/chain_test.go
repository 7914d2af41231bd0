package future_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

// TestChains is the behaviour of Promises/A+, row by row.
func TestChains(t *testing.T) {
	type chain = func(*future.Future[int]) *future.Future[int]
	recoverWith := func(v int) func(error) (int, error) { return func(error) (int, error) { return v, nil } }
	other := errors.New("other")
	for _, tc := range []struct {
		name  string
		chain chain
		value int
		err   error
	}{
		{"Then", func(f *future.Future[int]) *future.Future[int] { return f.Then(add(1)) }, 2, nil},
		{"Then Then", func(f *future.Future[int]) *future.Future[int] { return f.Then(add(1)).Then(add(10)) }, 12, nil},
		{"an error rejects", func(f *future.Future[int]) *future.Future[int] { return f.Then(fail) }, 0, errTest},
		{"and skips Then", func(f *future.Future[int]) *future.Future[int] { return f.Then(fail).Then(add(1)) }, 0, errTest},
		{"until Otherwise, which recovers", func(f *future.Future[int]) *future.Future[int] {
			return f.Then(fail).Then(add(1)).Otherwise(recoverWith(7)).Then(add(1))
		}, 8, nil},
		{"Otherwise is skipped by a value", func(f *future.Future[int]) *future.Future[int] { return f.Otherwise(recoverWith(7)).Then(add(1)) }, 2, nil},
		{"Otherwise may fail", func(f *future.Future[int]) *future.Future[int] {
			return f.Then(fail).Otherwise(func(err error) (int, error) { return 0, fmt.Errorf("%w: %w", other, err) })
		}, 0, other},
		{"Finally passes a value", func(f *future.Future[int]) *future.Future[int] { return f.Finally(func() {}) }, 1, nil},
		{"Finally passes an error", func(f *future.Future[int]) *future.Future[int] { return f.Then(fail).Finally(func() {}) }, 0, errTest},
		{"a panic rejects", func(f *future.Future[int]) *future.Future[int] {
			return f.Then(func(int) (int, error) { panic(errTest) })
		}, 0, errTest},
		{"a panic in Finally", func(f *future.Future[int]) *future.Future[int] { return f.Finally(func() { panic(other) }) }, 0, other},
		{"an exit rejects", func(f *future.Future[int]) *future.Future[int] {
			return f.Then(func(int) (int, error) { runtime.Goexit(); return 0, nil }).Then(add(1))
		}, 0, future.ErrGoexit},
		{"an exit recovered", func(f *future.Future[int]) *future.Future[int] {
			return f.Then(func(int) (int, error) { runtime.Goexit(); return 0, nil }).Otherwise(recoverWith(3)).Then(add(1))
		}, 4, nil},
		{"another type and back", func(f *future.Future[int]) *future.Future[int] {
			s := future.Then(f, func(v int) (string, error) { return strconv.Itoa(v) + "0", nil })
			return future.Then(s, strconv.Atoi)
		}, 10, nil},
		{"a future in a future", func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Then(f, func(v int) (*future.Future[int], error) {
				return future.Go(context.Background(), after(time.Second, v+5, nil)), nil
			})).Then(add(1))
		}, 7, nil},
		{"a rejected one in a future", func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Then(f, func(int) (*future.Future[int], error) { return future.Rejected[int](errTest), nil }))
		}, 0, errTest},
		{"none in a future", func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Then(f, func(int) (*future.Future[int], error) { return nil, errTest }))
		}, 0, errTest},
	} {
		for _, source := range []struct {
			name  string
			start func() *future.Future[int]
		}{
			{"pending", func() *future.Future[int] { return future.Go(context.Background(), after(time.Second, 1, nil)) }},
			{"resolved", func() *future.Future[int] { return future.Resolved(1) }},
		} {
			t.Run(tc.name+"/"+source.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v, err := tc.chain(source.start()).Wait()
					if tc.err == nil {
						require.NoError(t, err)
					} else {
						require.ErrorIs(t, err, tc.err)
					}
					assert.Equal(t, tc.value, v)
				})
			})
		}
	}
}

func TestCallbacksRunOnceInTheOrderRegistered(t *testing.T) {
	for _, settled := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			f := future.Go(t.Context(), after(time.Second, 1, nil))
			if settled {
				_, _ = f.Wait()
			}
			var order []int
			derived := make([]*future.Future[int], 100)
			for i := range derived {
				derived[i] = f.Then(func(v int) (int, error) { order = append(order, i); return v, nil })
			}
			_, err := future.All(derived...).Wait()
			require.NoError(t, err)
			require.Len(t, order, 100)
			for i, got := range order {
				require.Equal(t, i, got)
			}
		})
	}
}

func TestACallbackNeverRunsInsideOfThen(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	f := future.Resolved(1).Then(func(v int) (int, error) { mu.Lock(); defer mu.Unlock(); return v, nil })
	mu.Unlock() // reached, though the callback waits for it
	_, err := f.Wait()
	require.NoError(t, err)
}

func TestBehindAFinallyTheNextOneIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := future.Go(t.Context(), after(time.Minute, 1, nil))
		source.Then(add(1))
		cleaned := false
		last := source.Finally(func() { cleaned = true }).Then(add(1))
		last.Cancel()
		_, err := last.Wait()
		require.ErrorIs(t, err, future.ErrCancelled)
		assert.False(t, cleaned, "not yet")
		_, err = source.Wait()
		require.NoError(t, err)
		synctest.Wait()
		assert.True(t, cleaned)
	})
}

func TestNoMethodOfAnErrorIsCalled(t *testing.T) {
	var typedNil *odd
	for _, err := range []error{typedNil, &odd{}} {
		_, got := future.All(future.Rejected[int](err), future.Resolved(1)).Wait()
		assert.Same(t, err, got)
	}
}

func TestACallbackThatRunsIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Resolved(1).Then(func(v int) (int, error) { time.Sleep(time.Second); return v, nil })
		synctest.Wait()
		f.Cancel()
		v, err := f.Wait()
		require.NoError(t, err)
		assert.Equal(t, 1, v)
	})
}

func TestCancellingAFlattenedFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer := future.Go(t.Context(), func(context.Context) (*future.Future[int], error) {
			return future.Go(context.WithoutCancel(t.Context()), after(time.Minute, 1, nil)), nil
		})
		flat := future.Flatten(outer)
		synctest.Wait()
		flat.Cancel()
		_, err := flat.Wait()
		require.ErrorIs(t, err, context.Canceled, "the inner one is cancelled")

		waiting := future.Flatten(future.Go(t.Context(), func(ctx context.Context) (*future.Future[int], error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}))
		waiting.Cancel()
		_, err = waiting.Wait()
		require.ErrorIs(t, err, context.Canceled, "the outer one is cancelled")
	})
}

func TestAFutureOfItselfIsDetected(t *testing.T) {
	given := make(chan *future.Future[int], 1)
	flat := future.Flatten(future.Go(t.Context(), func(context.Context) (*future.Future[int], error) { return <-given, nil }))
	given <- flat
	_, err := flat.Wait()
	require.ErrorIs(t, err, future.ErrSelf)

	_, err = future.Flatten(future.Resolved[*future.Future[int]](nil)).Wait()
	require.ErrorContains(t, err, "nil or zero")
}

// TestWaitingForOneselfCanBeEnded: it is documented, and a deadline ends it.
func TestWaitingForOneselfCanBeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := make(chan struct{})
		var f *future.Future[int]
		f = future.Resolved(1).Then(func(int) (int, error) {
			<-start
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return f.WaitContext(ctx)
		})
		close(start)
		_, err := f.Wait()
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

type odd struct{ cause *int }

func (e *odd) Error() string { return "odd" }

func (e *odd) Is(target error) bool { return *e.cause == 0 || target != nil } // panics on a nil cause
