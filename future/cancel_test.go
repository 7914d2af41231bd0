package future_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

func TestCancelEndsTheContextOfTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Go(t.Context(), after(time.Minute, 1, nil))
		f.Cancel()
		_, err := f.Wait()
		require.ErrorIs(t, err, context.Canceled)

		stubborn := future.Go(t.Context(), func(context.Context) (int, error) { time.Sleep(time.Second); return 5, nil })
		stubborn.Cancel()
		stubborn.Cancel()
		v, err := stubborn.Wait()
		require.NoError(t, err)
		assert.Equal(t, 5, v, "a result that comes all the same is kept")
		stubborn.Cancel()
		assert.Equal(t, future.StateFulfilled, stubborn.State())

		parent, end := context.WithCancel(t.Context())
		child := future.Go(parent, after(time.Minute, 1, nil))
		end()
		_, err = child.Wait()
		require.ErrorIs(t, err, context.Canceled)
		called := false
		_, err = future.Go(parent, func(context.Context) (int, error) { called = true; return 1, nil }).Wait()
		require.ErrorIs(t, err, context.Canceled)
		assert.False(t, called, "work is not begun under an ended context")
	})
}

func TestCancellingADerivedFuture(t *testing.T) {
	for _, tc := range []struct {
		name   string
		others func(source *future.Future[int]) // what else hangs on the source
		ends   bool                             // whether the source is cancelled too
	}{
		{"the only one", func(*future.Future[int]) {}, true},
		{"a sibling", func(f *future.Future[int]) { f.Then(add(1)) }, false},
		{"somebody waits", func(f *future.Future[int]) { go func() { _, _ = f.Wait() }(); synctest.Wait() }, false},
		{"a sibling that was", func(f *future.Future[int]) { f.Then(add(1)).Cancel(); f.Then(add(2)).Cancel() }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ended atomic.Bool
				source := future.Go(t.Context(), func(ctx context.Context) (int, error) {
					v, err := after(time.Second, 1, nil)(ctx)
					ended.Store(err != nil)
					return v, err
				})
				tc.others(source)
				ran, cleaned := false, false
				last := source.Then(add(1)).Then(func(v int) (int, error) { ran = true; return v, nil }).Finally(func() { cleaned = true })
				last.Cancel()
				last.Cancel()
				began := time.Now()
				_, err := last.Wait()
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, !tc.ends, errors.Is(err, future.ErrCancelled), "where the source is cancelled, its own error comes")
				assert.Zero(t, time.Since(began))
				time.Sleep(2 * time.Second)
				assert.Equal(t, tc.ends, ended.Load())
				assert.False(t, ran)
				assert.True(t, cleaned, "Finally runs whatever happens")
			})
		})
	}
}

// TestAResultThatComesInSpiteOfACancelIsKept: it may be a payment.
func TestAResultThatComesInSpiteOfACancelIsKept(t *testing.T) {
	stubborn := func(context.Context) (int, error) { //nolint:unparam // the signature of Go
		time.Sleep(time.Second)
		return 7, nil
	}
	for _, row := range []struct {
		name   string
		derive func(*future.Future[int]) *future.Future[int]
	}{
		{"Then", func(f *future.Future[int]) *future.Future[int] { return f.Then(add(0)) }},
		{"Otherwise", func(f *future.Future[int]) *future.Future[int] {
			return f.Otherwise(func(err error) (int, error) { return 0, err })
		}},
		{"Any", func(f *future.Future[int]) *future.Future[int] { return future.Any(f) }},
		{"Race", func(f *future.Future[int]) *future.Future[int] { return future.Race(f) }},
		{"All", func(f *future.Future[int]) *future.Future[int] {
			return future.Then(future.All(f), func(v []int) (int, error) { return v[0], nil })
		}},
		{"Flatten", func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Resolved(f))
		}},
		{"a future that a callback makes after it", func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Then(f, func(int) (*future.Future[int], error) {
				return future.Go(context.Background(), func(ctx context.Context) (int, error) {
					<-ctx.Done() // cancelled as soon as it is there
					return 7, nil
				}), nil
			}))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				last := row.derive(future.Go(t.Context(), stubborn))
				synctest.Wait()
				last.Cancel()
				v, err := last.Wait()
				require.NoError(t, err)
				assert.Equal(t, 7, v)
			})
		})
	}
}

func TestCancelDoesNotGoInCircles(t *testing.T) {
	give := make(chan *future.Future[int], 2)
	taken := func(context.Context) (*future.Future[int], error) { return <-give, nil }
	a, b := future.Flatten(future.Go(t.Context(), taken)), future.Flatten(future.Go(t.Context(), taken))
	give <- a
	give <- b
	time.AfterFunc(0, a.Cancel)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	a.Cancel()
	b.Cancel()
	_, _ = a.WaitContext(ctx) // a circle waits for itself; that it returns here is all
}

func TestCombinationsLeaveAloneWhatOthersHangOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := future.Go(t.Context(), after(time.Minute, 1, nil))
		sibling := shared.Then(add(1))
		_, err := future.Race(shared, future.Rejected[int](errTest)).Wait()
		require.ErrorIs(t, err, errTest)
		_, err = future.All(shared, future.Rejected[int](errTest)).Wait()
		require.ErrorIs(t, err, errTest)
		v, err := sibling.Wait()
		require.NoError(t, err)
		assert.Equal(t, 2, v)
	})
}

// TestACombinationLeavesItsPartsOnce: leaving twice would take another's claim away.
func TestACombinationLeavesItsPartsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := future.Go(t.Context(), after(time.Minute, 1, nil))
		b := future.Go(t.Context(), after(time.Minute, 2, nil))
		wanted := b.Then(add(1))
		all, race := future.All(a, b), future.Race(a, b)
		all.Cancel()
		all.Cancel()
		race.Cancel()
		_, err := all.Wait()
		require.ErrorIs(t, err, context.Canceled)
		v, err := wanted.Wait()
		require.NoError(t, err)
		assert.Equal(t, 3, v)
	})
}

type task struct{ end chan struct{} }

func (w task) Run() (int, error) { <-w.end; return 1, nil }

func (task) Cancel() { panic(errTest) }

func TestAPanicOfATasksCancelRejectsIt(t *testing.T) {
	w := task{make(chan struct{})}
	defer close(w.end)
	f := future.Start[int](w)
	_, err := future.Race(f, future.Resolved(2)).Wait()
	require.NoError(t, err)
	_, err = f.Wait()
	require.ErrorIs(t, err, errTest)
}

func TestCancellingASourceRejectsWhatHangsOnIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Go(t.Context(), after(time.Minute, 1, nil))
		recovered := f.Then(add(1)).Otherwise(func(err error) (int, error) {
			assert.ErrorIs(t, err, context.Canceled)
			return 9, nil
		})
		f.Cancel()
		v, err := recovered.Wait()
		require.NoError(t, err)
		assert.Equal(t, 9, v)
	})
}

// A Cancel that panics rejects a future whose work still runs, and writes a value later.
func TestALateValueOfARejectedFuture(t *testing.T) {
	for _, row := range []struct {
		name   string
		follow func(*future.Future[int]) *future.Future[int]
	}{
		{"Finally", func(f *future.Future[int]) *future.Future[int] { return f.Finally(func() {}) }},
		{"Then", func(f *future.Future[int]) *future.Future[int] { return f.Then(add(1)) }},
		{"Race", func(f *future.Future[int]) *future.Future[int] { return future.Race(f) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := task{make(chan struct{})}
			f := future.Start[int](w)
			f.Cancel()
			close(w.end)
			_, err := row.follow(f).Wait()
			require.ErrorIs(t, err, errTest)
		})
	}
}
