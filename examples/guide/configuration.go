package guide

import (
	"time"

	"github.com/wechatpay-chain/wechatpay"
)

// NewFrom returns a client with the values of any store: a vault, a file of settings.
func NewFrom(values map[string]string) (*wechatpay.Client, error) {
	config, err := wechatpay.ConfigFrom(func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
	if err != nil {
		return nil, err // names each value that cannot be read; New names what is missing
	}
	config.Timeout = 10 * time.Second
	config.Retry.Attempts = 2
	return wechatpay.New(config)
}
