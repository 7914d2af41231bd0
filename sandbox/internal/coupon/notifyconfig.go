package coupon

import (
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/kit"
	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A notifyConfig is where the webhooks of a brand go.
type notifyConfig struct {
	URL     string    `json:"url"`
	Updated time.Time `json:"updated"`
}

func setNotifyConfig(t *turn, _ string) (play.Object, error) {
	if err := kit.NotifyURL(t.Body, "notify_url"); err != nil {
		return nil, err
	}
	t.book.state.Notify[t.Caller] = notifyConfig{URL: t.Body.Text("notify_url"), Updated: t.Now}
	return getNotifyConfig(t, "")
}

func getNotifyConfig(t *turn, _ string) (play.Object, error) {
	config, ok := t.book.state.Notify[t.Caller]
	if !ok {
		return nil, missing(0, "未设置通知地址")
	}
	return play.Object{"notify_url": config.URL, "update_time": kit.Clock(config.Updated)}, nil
}

// tell sends a webhook about a coupon, when the Book is released.
func (t *turn) tell(event, summary string, c *userCoupon) {
	t.Tell(play.Event{
		URL: t.book.state.Notify[c.Brand].URL, Type: "PRODUCT_COUPON." + event, OriginalType: "product_coupon", Summary: summary,
		Resource: play.Object{
			"coupon_code": c.Code, "product_coupon_id": c.Product, "stock_id": c.Stock, "openid": c.OpenID,
			"send_channel": c.Channel, "send_request_no": c.SendNo, "receive_time": kit.Clock(c.Received),
			"valid_begin_time": kit.Clock(c.Begin), "valid_end_time": kit.Clock(c.End),
		},
	})
}
