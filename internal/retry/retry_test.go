package retry_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay/internal/retry"
)

// again asks for attempts without end, each after at least one pause.
func again(after time.Duration) func(int) retry.Next {
	return func(int) retry.Next { return retry.Next{After: after} }
}

func TestRunStops(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		attempts int
		timeout  time.Duration // of the context; 0 for none
		try      func(number int) retry.Next
		number   int
		stopped  string
		elapsed  time.Duration
	}{
		{"at once", 5, 0, func(int) retry.Next { return retry.Next{Stop: "done"} }, 1, "done", 0},
		{"at once, although a pause is given", 5, 0, func(int) retry.Next { return retry.Next{Stop: "done", After: time.Hour} }, 1, "done", 0},
		{"after the second attempt", 5, 0, func(n int) retry.Next {
			if n == 2 {
				return retry.Next{Stop: "refused"}
			}
			return retry.Next{After: time.Minute}
		}, 2, "refused", time.Minute},
		{"at the last attempt, for its own reason", 1, 0, func(int) retry.Next { return retry.Next{Stop: "done"} }, 1, "done", 0},
		{"no attempts left", 3, 0, again(time.Minute), 3, retry.Exhausted, 2 * time.Minute},
		{"one attempt", 1, 0, again(time.Minute), 1, retry.Exhausted, 0},
		{"zero attempts still make one", 0, 0, again(time.Minute), 1, retry.Exhausted, 0},
		{"a deadline before the pause ends", 5, 90 * time.Second, again(time.Minute), 2, retry.TooLate, time.Minute},
		{"a deadline with the end of the pause", 5, time.Minute, again(time.Minute), 1, retry.TooLate, 0},
		{"a deadline just after the pause", 2, time.Minute + 1, again(time.Minute), 2, retry.Exhausted, time.Minute},
		{"no attempts left, before the deadline", 1, time.Nanosecond, again(time.Minute), 1, retry.Exhausted, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if row.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, row.timeout)
					defer cancel()
				}
				start, tried := time.Now(), []int(nil)
				number, stopped := retry.Run(ctx, retry.Policy{Attempts: row.attempts, Wait: 1, MaxWait: 2}, func(n int) retry.Next {
					tried = append(tried, n)
					return row.try(n)
				})
				assert.Equal(t, row.number, number)
				assert.Equal(t, row.stopped, stopped)
				assert.Equal(t, row.elapsed, time.Since(start))
				require.Len(t, tried, row.number)
				for i, n := range tried {
					assert.Equal(t, i+1, n)
				}
			})
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		cancel  time.Duration // when the context is canceled; 0 is before the first attempt ends
		number  int
		elapsed time.Duration
	}{
		{"during an attempt", 0, 1, 0},
		{"during the first pause", 20 * time.Second, 1, 20 * time.Second},
		{"during the second pause", 80 * time.Second, 2, 80 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if row.cancel > 0 {
					time.AfterFunc(row.cancel, cancel)
				}
				start := time.Now()
				number, stopped := retry.Run(ctx, retry.Policy{Attempts: 9, Wait: 1, MaxWait: 2}, func(int) retry.Next {
					if row.cancel == 0 {
						cancel()
					}
					return retry.Next{After: time.Minute}
				})
				assert.Equal(t, row.number, number)
				assert.Equal(t, retry.ContextEnded, stopped)
				assert.Equal(t, row.elapsed, time.Since(start))
			})
		})
	}
}

// A context that has ended is the reason, also where its deadline has passed too.
func TestRunNamesTheEndedContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		number, stopped := retry.Run(ctx, retry.Policy{Attempts: 3, Wait: time.Second, MaxWait: time.Second}, func(int) retry.Next {
			<-ctx.Done()
			return retry.Next{}
		})
		assert.Equal(t, 1, number)
		assert.Equal(t, retry.ContextEnded, stopped)
	})
}

// The pauses are random: over many runs each stays within its bounds, and fills them.
func TestPauses(t *testing.T) {
	t.Parallel()
	const runs = 400
	policy := retry.Policy{Attempts: 6, Wait: time.Second, MaxWait: 5 * time.Second}
	for _, row := range []struct {
		name  string
		pause int // 1 for the one after the first attempt
		most  time.Duration
	}{
		{"the first", 1, 2 * time.Second},
		{"the second is twice as long", 2, 4 * time.Second},
		{"the third is twice as long again", 3, 8 * time.Second},
		{"the fourth is capped", 4, 10 * time.Second},
		{"the fifth is capped", 5, 10 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				shortest, longest := time.Hour, time.Duration(0)
				for range runs {
					var before time.Time
					retry.Run(t.Context(), policy, func(n int) retry.Next {
						if n == row.pause+1 {
							pause := time.Since(before)
							shortest, longest = min(shortest, pause), max(longest, pause)
							return retry.Next{Stop: "measured"}
						}
						before = time.Now()
						return retry.Next{}
					})
				}
				assert.Less(t, shortest, row.most/10)
				assert.LessOrEqual(t, longest, row.most)
				assert.Greater(t, longest, row.most*9/10)
			})
		})
	}
}

func TestAfterIsTheLeastPause(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		after       time.Duration
		least, most time.Duration
	}{
		{"longer than the policy's", time.Hour, time.Hour, time.Hour},
		{"within the policy's", time.Second, time.Second, 2 * time.Second},
		{"none", 0, 0, 2 * time.Second},
		{"negative, as none", -time.Hour, 0, 2 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for range 50 {
					start := time.Now()
					retry.Run(t.Context(), retry.Policy{Attempts: 2, Wait: time.Second, MaxWait: time.Second}, again(row.after))
					pause := time.Since(start)
					assert.GreaterOrEqual(t, pause, row.least)
					assert.LessOrEqual(t, pause, row.most)
				}
			})
		})
	}
}
