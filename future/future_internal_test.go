package future

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestACancelThatComesLateLeavesACallbackAlone: between the look of Cancel and its
// deed, the callback may have begun.
func TestACancelThatComesLateLeavesACallbackAlone(t *testing.T) {
	f := &Future[int]{made: true}
	assert.True(t, f.begin())
	won, _ := f.settle(0, ErrCancelled, false)
	assert.False(t, won)
	won, _ = f.settle(1, nil, true)
	assert.True(t, won)
	assert.Equal(t, StateFulfilled, f.State())
}
