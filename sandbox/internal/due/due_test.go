package due_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/due"
)

func TestQueue(t *testing.T) {
	t.Parallel()
	var q due.Queue
	start := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	assert.Empty(t, q.Take(start))
	for i, key := range []string{"e", "b", "a", "d", "c"} {
		q.Add(start.Add([]time.Duration{4, 1, 1, 3, 2}[i]*time.Hour), key)
	}
	q.Add(start, "c")
	assert.Empty(t, q.Take(start.Add(-time.Second)))
	assert.Equal(t, []string{"c"}, q.Take(start))
	assert.Empty(t, q.Take(start), "it is taken")
	assert.Equal(t, []string{"a", "b", "c"}, q.Take(start.Add(2*time.Hour)), "a key may be due again")
	q.Add(start, "e")
	assert.Equal(t, []string{"e", "d"}, q.Take(start.Add(5*time.Hour)), "each once")
}
