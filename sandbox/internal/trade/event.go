package trade

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// PaidEvent returns the webhook of a paid order, or of a combined one, as Pay sent it, also
// where the order has no notify_url. The error is a [*play.Refusal].
func (b *Book) PaidEvent(caller, outTradeNo string) (event play.Event, err error) {
	err = b.act(time.Time{}, nil, caller, func(t *turn) error {
		o := t.Combined[key(caller, outTradeNo)]
		if o == nil {
			o = t.Orders[key(caller, outTradeNo)]
		}
		if o == nil || !o.isPaid() {
			return noOrder()
		}
		event = t.paidEvent(o)
		return nil
	})
	return event, err
}
