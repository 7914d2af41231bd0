package future_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/future"
)

type each = func(context.Context, int, iter.Seq[int], func(context.Context, int) (int, error)) iter.Seq2[int, future.Outcome[int]]

var variants = map[string]each{"Each": future.Each[int, int], "EachOrdered": future.EachOrdered[int, int]}

// upTo is 0, 1, … n-1.
func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// backwards takes the longer the earlier the item, so that results come in reverse.
func backwards(ctx context.Context, i int) (int, error) {
	return after(time.Duration(100-i)*time.Second, i*i, nil)(ctx)
}

func TestEachYieldsResultsAsTheyComeOrInOrder(t *testing.T) {
	for _, tc := range []struct {
		name string
		each each
		want []int
	}{
		{"Each", future.Each[int, int], []int{3, 2, 1, 0, 5, 4}},
		{"EachOrdered", future.EachOrdered[int, int], []int{0, 1, 2, 3, 4, 5}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []int
				for i, o := range tc.each(t.Context(), 4, upTo(6), func(ctx context.Context, i int) (int, error) {
					// two rounds of four and two
					return after(time.Duration(10-i%4)*time.Second, i*i, nil)(ctx)
				}) {
					require.NoError(t, o.Err)
					assert.Equal(t, i*i, o.Value)
					got = append(got, i)
				}
				if tc.name == "Each" {
					slices.Sort(got[:0])
					assert.ElementsMatch(t, tc.want, got)
					assert.Equal(t, 3, got[0], "the quickest first")
				} else {
					assert.Equal(t, tc.want, got)
				}
			})
		})
	}
}

func TestEachKeepsItsLimit(t *testing.T) {
	for name, each := range variants {
		for _, limit := range []int{1, 3, 64} {
			t.Run(fmt.Sprint(name, limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var running, most atomic.Int32
					count := 0
					for _, o := range each(t.Context(), limit, upTo(200), func(_ context.Context, i int) (int, error) {
						n := running.Add(1)
						defer running.Add(-1)
						for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
						}
						time.Sleep(time.Duration(1+i%7) * time.Second)
						return i, nil
					}) {
						require.NoError(t, o.Err)
						count++
					}
					assert.Equal(t, 200, count)
					assert.Equal(t, int32(limit), most.Load())
				})
			})
		}
	}
}

func TestEachOfNothing(t *testing.T) {
	for name, each := range variants {
		for range each(t.Context(), 3, upTo(0), backwards) {
			t.Error(name, "yields")
		}
	}
}

func TestEachBeginsNothingBeforeTheLoopAndMayRunAgain(t *testing.T) {
	for _, each := range variants {
		var calls atomic.Int32
		seq := each(t.Context(), 2, upTo(5), func(_ context.Context, i int) (int, error) { calls.Add(1); return i, nil })
		assert.Zero(t, calls.Load())
		for round := range 2 {
			assert.Len(t, slices.Collect(maps.Keys(maps.Collect(seq))), 5)
			assert.Equal(t, int32(5*(round+1)), calls.Load())
		}
	}
}

func TestBreakingOutCancelsWhatRunsAndWaits(t *testing.T) {
	for name, each := range variants {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var running, cancelled atomic.Int32
				taken := 0
				for range each(t.Context(), 10, upTo(1000), func(ctx context.Context, i int) (int, error) {
					running.Add(1)
					defer running.Add(-1)
					if i == 0 {
						return 0, nil
					}
					<-ctx.Done()
					cancelled.Add(1)
					return 0, ctx.Err()
				}) {
					synctest.Wait()
					taken++
					break
				}
				assert.Equal(t, 1, taken)
				assert.Zero(t, running.Load(), "it waited")
				assert.GreaterOrEqual(t, cancelled.Load(), int32(9))
			})
		})
	}
}

func TestEachStopsWithItsContext(t *testing.T) {
	for name, each := range variants {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
				defer cancel()
				var fine, ended int
				var stopped *future.StoppedError
				for i, o := range each(ctx, 2, upTo(100), func(ctx context.Context, i int) (int, error) {
					return after(10*time.Second, i, nil)(ctx)
				}) {
					switch {
					case errors.As(o.Err, &stopped):
						assert.Equal(t, fine+ended, i, "the first item that was not begun")
					case o.Err != nil:
						require.ErrorIs(t, o.Err, context.DeadlineExceeded)
						ended++
					default:
						fine++
					}
				}
				require.NotNil(t, stopped, "an early end is reported")
				require.ErrorIs(t, stopped, context.DeadlineExceeded)
				assert.Equal(t, []int{6, 2}, []int{fine, ended})
			})
		})
	}
}

func TestEachThatWasDoneInTimeTellsNoStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	count := 0
	for _, o := range future.Each(ctx, 2, upTo(3), func(_ context.Context, i int) (int, error) { return i, nil }) {
		require.NoError(t, o.Err)
		if count++; count == 3 {
			cancel()
		}
	}
	cancel()
	assert.Equal(t, 3, count)
}

func TestAnErrorOfTheSequenceSurfaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := func(yield func(int, error) bool) {
			for i := range 5 {
				if !yield(i, nil) {
					return
				}
			}
			if yield(-1, io.ErrUnexpectedEOF) {
				t.Error("asked for more after an error")
			}
		}
		fine := 0
		var last future.Outcome[int]
		for i, o := range future.TryEach(t.Context(), 3, broken, func(ctx context.Context, i int) (int, error) {
			return after(time.Second, i, nil)(ctx)
		}) {
			if last = o; o.Err == nil {
				fine++
			} else {
				assert.Equal(t, -1, i)
			}
		}
		assert.Equal(t, 5, fine, "what runs is finished")
		var stopped *future.StoppedError
		require.ErrorAs(t, last.Err, &stopped)
		require.ErrorIs(t, last.Err, io.ErrUnexpectedEOF)
		assert.Equal(t, "future: the fan-out stopped before the end of its sequence: unexpected EOF", last.Err.Error())
	})
}

func TestPanicsInAFanOut(t *testing.T) {
	for name, each := range variants {
		t.Run(name, func(t *testing.T) {
			outcomes := maps.Collect(each(t.Context(), 2, upTo(4), func(_ context.Context, i int) (int, error) {
				switch i {
				case 1:
					panic(errTest)
				case 2:
					runtime.Goexit()
				}
				return i, nil
			}))
			require.Len(t, outcomes, 4)
			var p *future.PanicError
			require.ErrorAs(t, outcomes[1].Err, &p)
			require.ErrorIs(t, outcomes[1].Err, errTest)
			require.ErrorIs(t, outcomes[2].Err, future.ErrGoexit)

			done := 0
			assert.Panics(t, func() {
				for range each(t.Context(), 2, func(yield func(int) bool) {
					yield(0)
					panic(errTest)
				}, func(_ context.Context, i int) (int, error) { return i, nil }) {
					done++
				}
			}, "a panic of the sequence goes on in the loop")
			assert.Equal(t, 1, done)

			var last future.Outcome[int]
			for _, o := range each(t.Context(), 2, func(yield func(int) bool) {
				yield(0)
				runtime.Goexit()
			}, func(_ context.Context, i int) (int, error) { return i, nil }) {
				last = o
			}
			require.ErrorIs(t, last.Err, future.ErrGoexit, "an exit of the sequence does not pass for its end")

			assert.PanicsWithValue(t, "mine", func() {
				for range each(t.Context(), 2, upTo(100), func(_ context.Context, i int) (int, error) { return i, nil }) {
					panic("mine")
				}
			}, "a panic of the loop's body goes on, and nothing is left behind")
		})
	}
}
