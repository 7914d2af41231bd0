package batch

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A number is one number by whoever it is of, and whatever its body.
func TestKey(t *testing.T) {
	t.Parallel()
	key := func(job Job) string {
		task, err := compile(job, "1900000109")
		require.NoError(t, err)
		return task.Key
	}
	refund := func(body string) Job {
		return Job{Path: "v3/refund/domestic/refunds", Body: json.RawMessage(body)}
	}
	one := key(refund(`{"out_refund_no":"1","sub_mchid":"1900000001"}`))
	for _, row := range []struct {
		name string
		job  Job
		same bool
	}{
		{"another body", refund(`{"sub_mchid":"1900000001","out_refund_no":"1","reason":"x"}`), true},
		{"another number", refund(`{"out_refund_no":"2","sub_mchid":"1900000001"}`), false},
		{"another sub merchant", refund(`{"out_refund_no":"1","sub_mchid":"1900000002"}`), false},
		{"no sub merchant", refund(`{"out_refund_no":"1"}`), false},
		{"another endpoint", Job{Path: "v3/ecommerce/refunds/apply", Body: json.RawMessage(`{"out_refund_no":"1","sub_mchid":"1900000001"}`)}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, row.same, one == key(row.job))
		})
	}
}

// The answer to a query must be of the number that was asked for: it is not in what is signed.
func TestAskIsOfTheNumber(t *testing.T) {
	t.Parallel()
	task, err := compile(Job{Path: "v3/refund/domestic/refunds", Body: json.RawMessage(`{"out_refund_no":"1","out_trade_no":"2"}`)}, "1900000109")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"out_refund_no": "1", "out_trade_no": "2"}, task.Job.Ask.Same)
}
