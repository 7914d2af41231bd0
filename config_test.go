package wechatpay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wechatpay-chain/wechatpay"
)

// TestTheClockSignsAndJudges: a client whose clock is off is refused by the
// gateway, and refuses the replies that it gets.
func TestTheClockSignsAndJudges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		off     time.Duration
		refused bool
	}{
		{"right", 0, false},
		{"four minutes fast", 4 * time.Minute, false},
		{"ten minutes fast", 10 * time.Minute, true},
		{"ten minutes slow", -10 * time.Minute, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
				cfg.Clock = func() time.Time { return time.Now().Add(tc.off) }
			})
			_, err := c.Chain("v3/x").Get(t.Context(), nil)
			if !tc.refused {
				require.NoError(t, err, tc.off)
				return
			}
			var api *wechatpay.APIError
			require.ErrorAs(t, err, &api, tc.off)
			assert.Equal(t, "SIGN_ERROR timestamp", api.Code+" "+api.Field(), tc.off)
		})
	}

	calls := 0
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Clock = func() time.Time { // right for New and for signing, wrong for the reply
			if calls++; calls <= 2 {
				return time.Now()
			}
			return time.Now().Add(10 * time.Minute)
		}
	})
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrClock)
}
