package guide

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// NewBusyClient returns a client that logs, moves to the second host when the first fails, and
// sends at most 50 requests a second to each endpoint.
func NewBusyClient(config wechatpay.Config, logger *slog.Logger) (*wechatpay.Client, error) {
	config.Failover = middleware.Mainland()
	config.Logger = logger
	config.Stack = func(s *middleware.Stack) error {
		return s.After("retry", "limit", middleware.Limit(middleware.LimitConfig{PerSecond: 50, InFlight: 100}))
	}
	return wechatpay.New(config)
}

// Timed is a middleware that reports how long each attempt took, by its route, which has no values.
func Timed(observe func(route string, took time.Duration)) middleware.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			began := time.Now()
			resp, err := next.RoundTrip(r)
			observe(middleware.CallOf(r.Context()).Route, time.Since(began))
			return resp, err
		})
	}
}

// WithTimes returns a client that is timed, with the connections of the given one.
func WithTimes(client *wechatpay.Client, observe func(route string, took time.Duration)) (*wechatpay.Client, error) {
	return client.With(func(s *middleware.Stack) error {
		return s.After("retry", "timed", Timed(observe))
	})
}
