// Package middleware holds the middleware of a client, each a function from
// [http.RoundTripper] to [http.RoundTripper], and the named [Stack] that composes them.
//
//	client, err := wechatpay.New(wechatpay.Config{
//		MchID: mchid, Serial: serial, PrivateKey: key, PlatformKeys: platform,
//		Stack: func(s *middleware.Stack) error {
//			return s.After("retry", "limit", middleware.Limit(middleware.LimitConfig{PerSecond: 50}))
//		},
//	})
//
// # Which one
//
//   - [Retry] sends again what can be sent again, as [CheckRetry] decides.
//   - [Limit] keeps to a rate and to a number of requests in flight.
//   - [Failover] moves to another host.
//   - [Verify] passes only what WeChat Pay signed.
//   - [Log] logs a line for each attempt.
//   - [Sign] signs each attempt.
//   - [ReverseProxy] sends to a proxy, whose address is not signed. It is innermost.
//
// A middleware of this package works in any [http.Client], and any RoundTripper works in
// a Stack: a tracer, a recorder, a cache. [CallOf] gives a middleware the route and the
// attempt of its request.
//
// # Contracts
//
//   - A request is cloned before it is changed, and its Body is always closed.
//   - Exactly one of response and error is returned.
//   - Each middleware is safe for concurrent use.
package middleware
