package future

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A callback may begin after Cancel has looked and before it rejects.
func TestALateCancelLeavesARunningCallback(t *testing.T) {
	f := &Future[int]{c: core{made: true}}
	assert.True(t, f.c.claim())
	f.c.reject(ErrCancelled)
	assert.Equal(t, StatePending, f.State())
	f.value = 1
	f.c.end(nil)
	assert.Equal(t, StateFulfilled, f.State())
}
