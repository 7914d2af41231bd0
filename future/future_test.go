package future_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/wechatpay-chain/wechatpay/future"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test")

func after(d time.Duration, v int, err error) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		select {
		case <-time.After(d):
			return v, err
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func add(n int) func(int) (int, error) { return func(v int) (int, error) { return v + n, nil } }

func fail(int) (int, error) { return 0, errTest }

func TestAFutureBeginsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ran := false
		f := future.Go(t.Context(), func(context.Context) (int, error) { ran = true; return 1, nil })
		synctest.Wait()
		assert.True(t, ran, "without anybody waiting")
		assert.Equal(t, future.StateFulfilled, f.State())
	})
}

func TestStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Go(t.Context(), after(time.Second, 1, nil))
		r := f.Then(fail)
		assert.Equal(t, future.StatePending, f.State())
		select {
		case <-f.Done():
			t.Error("done too early")
		default:
		}
		v, err := f.Wait()
		require.NoError(t, err)
		assert.Equal(t, 1, v)
		<-f.Done()
		_, err = r.Wait()
		require.ErrorIs(t, err, errTest)
		assert.Equal(t, "fulfilled rejected pending", fmt.Sprint(f.State(), " ", r.State(), " ", future.StatePending))
	})
}

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
		for when, start := range map[string]func() *future.Future[int]{
			"pending":  func() *future.Future[int] { return future.Go(context.Background(), after(time.Second, 1, nil)) },
			"resolved": func() *future.Future[int] { return future.Resolved(1) },
		} {
			t.Run(tc.name+"/"+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v, err := tc.chain(start()).Wait()
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

func TestAPanicKeepsItsValueAndStack(t *testing.T) {
	f := future.Go(t.Context(), func(context.Context) (int, error) { panic(fmt.Errorf("broken: %w", io.EOF)) })
	_, err := f.Wait()
	var p *future.PanicError
	require.ErrorAs(t, err, &p)
	require.ErrorIs(t, err, io.EOF)
	assert.Contains(t, string(p.Stack), "TestAPanicKeepsItsValueAndStack")
	assert.Equal(t, "future: panic: broken: EOF", err.Error())

	_, err = future.Resolved(1).Then(func(int) (int, error) { panic("a word") }).Wait()
	require.ErrorAs(t, err, &p)
	assert.Equal(t, "a word", p.Value)
	require.NoError(t, p.Unwrap())

	_, err = future.Go(t.Context(), func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }).Then(add(1)).Wait()
	require.ErrorIs(t, err, future.ErrGoexit)
}

func TestWaitContextGivesUpAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Go(t.Context(), after(time.Minute, 1, nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := f.WaitContext(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, future.ErrWaiting)
		v, err := f.WaitContext(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, v, "the future went on")
		v, err = f.WaitContext(ctx)
		require.NoError(t, err, "what is there is had, whatever the context")
		assert.Equal(t, 1, v)
	})
}

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

func TestTheContextOfTheWorkEndsWithIt(t *testing.T) {
	var held context.Context
	_, err := future.Go(t.Context(), func(ctx context.Context) (int, error) { held = ctx; return 1, nil }).Wait()
	require.NoError(t, err)
	require.ErrorIs(t, held.Err(), context.Canceled, "or each call would stay with its parent for good")
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
	for name, hang := range map[string]func(*future.Future[int]) *future.Future[int]{
		"Then": func(f *future.Future[int]) *future.Future[int] { return f.Then(add(0)) },
		"Otherwise": func(f *future.Future[int]) *future.Future[int] {
			return f.Otherwise(func(err error) (int, error) { return 0, err })
		},
		"Any":  func(f *future.Future[int]) *future.Future[int] { return future.Any(f) },
		"Race": func(f *future.Future[int]) *future.Future[int] { return future.Race(f) },
		"All": func(f *future.Future[int]) *future.Future[int] {
			return future.Then(future.All(f), func(v []int) (int, error) { return v[0], nil })
		},
		"Flatten": func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Resolved(f))
		},
		"a future that a callback makes after it": func(f *future.Future[int]) *future.Future[int] {
			return future.Flatten(future.Then(f, func(int) (*future.Future[int], error) {
				return future.Go(context.Background(), func(ctx context.Context) (int, error) {
					<-ctx.Done() // cancelled as soon as it is there
					return 7, nil
				}), nil
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				last := hang(future.Go(t.Context(), stubborn))
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

// TestNoBranchWaitsForAnother: a callback may wait for what hangs on a sibling.
func TestNoBranchWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := future.Go(t.Context(), after(time.Second, 1, nil))
		first := source.Then(add(1))
		behind := first.Then(add(10))
		second := source.Then(func(int) (int, error) { return behind.Wait() })
		v, err := second.Wait()
		require.NoError(t, err)
		assert.Equal(t, 12, v)
	})
}

type odd struct{ cause *int }

func (e *odd) Error() string        { return "odd" }
func (e *odd) Is(target error) bool { return *e.cause == 0 || target != nil } // panics on a nil cause

func TestNoMethodOfAnErrorIsCalled(t *testing.T) {
	var typedNil *odd
	for _, err := range []error{typedNil, &odd{}} {
		_, got := future.All(future.Rejected[int](err), future.Resolved(1)).Wait()
		assert.Same(t, err, got)
	}
}

type task struct{ end chan struct{} }

func (w task) Run() (int, error) { <-w.end; return 1, nil }
func (task) Cancel()             { panic(errTest) }

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

func TestBranchesDoNotHoldEachOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := future.Go(t.Context(), after(time.Second, 1, nil))
		a, b := source.Then(add(1)), source.Then(add(2))
		late := b.Then(add(10))
		v, err := a.Then(func(v int) (int, error) {
			other, err := late.Wait() // on another branch
			return v + other, err
		}).Wait()
		require.NoError(t, err)
		assert.Equal(t, 2+13, v)
	})
}

func TestALongChainNeitherOverflowsNorLeaks(t *testing.T) {
	const length = 100_000
	for name, start := range map[string]func(chan struct{}) *future.Future[int]{
		"pending": func(begin chan struct{}) *future.Future[int] {
			return future.Go(t.Context(), func(context.Context) (int, error) { <-begin; return 0, nil })
		},
		"resolved": func(chan struct{}) *future.Future[int] { return future.Resolved(0) },
	} {
		t.Run(name, func(t *testing.T) {
			begin := make(chan struct{})
			f := start(begin)
			for range length {
				f = f.Then(add(1))
			}
			close(begin)
			v, err := f.Wait()
			require.NoError(t, err)
			assert.Equal(t, length, v)
		})
	}
	t.Run("cancelled at its end", func(t *testing.T) {
		source := future.Go(t.Context(), func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		f := source
		for range length {
			f = f.Then(add(1))
		}
		f.Cancel()
		_, err := f.Wait()
		require.ErrorIs(t, err, context.Canceled)
		_, err = source.Wait()
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("memory", func(t *testing.T) {
		f := future.Resolved(make([]byte, 1))
		for range 1000 {
			f = f.Then(func([]byte) ([]byte, error) { return make([]byte, 1<<20), nil })
			_, err := f.Wait()
			require.NoError(t, err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		assert.Less(t, m.HeapAlloc, uint64(100<<20), "the values along a chain are let go")
		runtime.KeepAlive(f)
	})
}

func TestMistakesPanicAtTheCall(t *testing.T) {
	var none *future.Future[int]
	var zero future.Future[int]
	f := future.Resolved(1)
	seq := func(func(int) bool) {}
	try := func(func(int, error) bool) {}
	work := func(context.Context, int) (int, error) { return 0, nil }
	for want, mistake := range map[string]func(){
		"Wait of a nil Future":      func() { _, _ = none.Wait() },
		"Wait of a zero Future":     func() { _, _ = zero.Wait() },
		"State of a zero Future":    func() { zero.State() },
		"Cancel of a nil Future":    func() { none.Cancel() },
		"Then of a nil Future":      func() { none.Then(add(1)) },
		"Then of a zero Future":     func() { future.Then(&zero, strconvItoa) },
		"Otherwise of a nil Future": func() { none.Otherwise(nil) },
		"Finally of a nil Future":   func() { none.Finally(nil) },
		"Flatten of a nil Future":   func() { future.Flatten[int](nil) },
		"All of a nil Future":       func() { future.All(f, nil) },
		"Any of a nil Future":       func() { future.Any(f, nil) },
		"Race of a zero Future":     func() { future.Race(f, &zero) },
		"Settle of a nil Future":    func() { future.Settle(f, nil) },
		"Then: nil callback":        func() { f.Then(nil) },
		"Otherwise: nil callback":   func() { f.Otherwise(nil) },
		"Finally: nil callback":     func() { f.Finally(nil) },
		"WaitContext: nil context":  func() { _, _ = f.WaitContext(nil) },        //nolint:staticcheck // that is the point
		"Go: nil context":           func() { future.Go(nil, after(0, 0, nil)) }, //nolint:staticcheck // that is the point
		"Go: nil function":          func() { future.Go[int](t.Context(), nil) },
		"Start: nil task":           func() { future.Start[int](nil) },
		"Rejected: nil error":       func() { future.Rejected[int](nil) },
		"Some: negative count":      func() { future.Some(-1, f) },
		"Each: nil context":         func() { future.Each(nil, 1, seq, work) }, //nolint:staticcheck // that is the point
		"Each: a limit of 0":        func() { future.Each(t.Context(), 0, seq, work) },
		"the limit is 9223372036854775807; use one from 1 to 1048576": func() { future.Each(t.Context(), math.MaxInt, seq, work) },
		"EachOrdered: a limit of -1":                                  func() { future.EachOrdered(t.Context(), -1, seq, work) },
		"Each: nil sequence":                                          func() { future.Each(t.Context(), 1, nil, work) },
		"TryEach: nil function":                                       func() { future.TryEach[int, int](t.Context(), 1, try, nil) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() { assert.Contains(t, fmt.Sprint(recover()), want) }()
			mistake()
		})
	}
}

func strconvItoa(v int) (string, error) { return strconv.Itoa(v), nil }
