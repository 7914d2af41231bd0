package coupon

import (
	"net/netip"
	"net/url"
	"time"

	"github.com/wechatpay-chain/wechatpay/sandbox/internal/play"
)

// A notifyConfig is where the webhooks of a brand go.
type notifyConfig struct {
	URL     string    `json:"url"`
	Updated time.Time `json:"updated"`
}

func setNotifyConfig(t *turn, _ string) (any, error) {
	address := t.Body.Text("notify_url")
	if err := checkNotifyURL(address); err != nil {
		return nil, err
	}
	t.book.state.Notify[t.Caller] = notifyConfig{URL: address, Updated: t.Now}
	return getNotifyConfig(t, "")
}

func getNotifyConfig(t *turn, _ string) (any, error) {
	config, ok := t.book.state.Notify[t.Caller]
	if !ok {
		return nil, missing(0, "未设置通知地址")
	}
	return play.Object{"notify_url": config.URL, "update_time": clock(config.Updated)}, nil
}

// checkNotifyURL takes https, and http to this machine, which only a simulator can reach.
func checkNotifyURL(address string) error {
	const at = "/notify_url"
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return wrong(at, "通知地址无效")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return wrong(at, "通知地址不能携带参数")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return wrong(at, "通知地址应为 https")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// tell sends a webhook about a coupon, when the Book is released. Without an address there is
// none.
func (t *turn) tell(event, summary string, c *userCoupon) {
	address := t.book.state.Notify[c.Brand].URL
	if address == "" {
		return
	}
	t.events = append(t.events, play.Event{
		URL: address, Type: "PRODUCT_COUPON." + event, OriginalType: "product_coupon", Summary: summary,
		Resource: play.Object{
			"coupon_code": c.Code, "product_coupon_id": c.Product, "stock_id": c.Stock, "openid": c.OpenID,
			"send_channel": c.Channel, "send_request_no": c.SendNo, "receive_time": clock(c.Received),
			"valid_begin_time": clock(c.Begin), "valid_end_time": clock(c.End),
		},
	})
}
