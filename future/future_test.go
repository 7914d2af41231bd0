package future_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
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

func TestMistakesPanicAtTheCall(t *testing.T) {
	var none *future.Future[int]
	var zero future.Future[int]
	f := future.Resolved(1)
	seq := func(func(int) bool) {}
	try := func(func(int, error) bool) {}
	work := func(context.Context, int) (int, error) { return 0, nil }
	for _, row := range []struct {
		want    string
		mistake func()
	}{
		{"Wait of a nil Future", func() { _, _ = none.Wait() }},
		{"Wait of a zero Future", func() { _, _ = zero.Wait() }},
		{"State of a zero Future", func() { zero.State() }},
		{"Cancel of a nil Future", func() { none.Cancel() }},
		{"Then of a nil Future", func() { none.Then(add(1)) }},
		{"Then of a zero Future", func() { future.Then(&zero, strconvItoa) }},
		{"Otherwise of a nil Future", func() { none.Otherwise(nil) }},
		{"Finally of a nil Future", func() { none.Finally(nil) }},
		{"Flatten of a nil Future", func() { future.Flatten[int](nil) }},
		{"All of a nil Future", func() { future.All(f, nil) }},
		{"Any of a nil Future", func() { future.Any(f, nil) }},
		{"Race of a zero Future", func() { future.Race(f, &zero) }},
		{"Settle of a nil Future", func() { future.Settle(f, nil) }},
		{"Then: nil callback", func() { f.Then(nil) }},
		{"Otherwise: nil callback", func() { f.Otherwise(nil) }},
		{"Finally: nil callback", func() { f.Finally(nil) }},
		{"WaitContext: nil context", func() { _, _ = f.WaitContext(nil) }}, //nolint:staticcheck // that is the point
		{"Go: nil context", func() { future.Go(nil, after(0, 0, nil)) }},   //nolint:staticcheck // that is the point
		{"Go: nil function", func() { future.Go[int](t.Context(), nil) }},
		{"Start: nil task", func() { future.Start[int](nil) }},
		{"Rejected: nil error", func() { future.Rejected[int](nil) }},
		{"Some: negative count", func() { future.Some(-1, f) }},
		{"Each: nil context", func() { future.Each(nil, 1, seq, work) }}, //nolint:staticcheck // that is the point
		{"Each: the limit is 0; use at least 1", func() { future.Each(t.Context(), 0, seq, work) }},
		{"the limit is 9223372036854775807; use one from 1 to 1048576", func() { future.Each(t.Context(), math.MaxInt, seq, work) }},
		{"EachOrdered: the limit is -1; use at least 1", func() { future.EachOrdered(t.Context(), -1, seq, work) }},
		{"Each: nil sequence", func() { future.Each(t.Context(), 1, nil, work) }},
		{"TryEach: nil function", func() { future.TryEach[int, int](t.Context(), 1, try, nil) }},
	} {
		t.Run(row.want, func(t *testing.T) {
			defer func() { assert.Contains(t, fmt.Sprint(recover()), row.want) }()
			row.mistake()
		})
	}
}

func strconvItoa(v int) (string, error) { return strconv.Itoa(v), nil }
