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
	for off, refused := range map[time.Duration]bool{0: false, 4 * time.Minute: false, 10 * time.Minute: true, -10 * time.Minute: true} {
		c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
			cfg.Clock = func() time.Time { return time.Now().Add(off) }
		})
		_, err := c.Chain("v3/x").Get(t.Context(), nil)
		if !refused {
			require.NoError(t, err, off)
			continue
		}
		var api *wechatpay.APIError
		require.ErrorAs(t, err, &api, off)
		assert.Equal(t, "SIGN_ERROR timestamp", api.Code+" "+api.Field(), off)
	}

	calls := 0
	c, _ := sandboxClient(t, func(cfg *wechatpay.Config) {
		cfg.Clock = func() time.Time { // right for signing, wrong for the reply
			if calls++; calls == 1 {
				return time.Now()
			}
			return time.Now().Add(10 * time.Minute)
		}
	})
	_, err := c.Chain("v3/x").Get(t.Context(), nil)
	require.ErrorIs(t, err, wechatpay.ErrClock)
}
