// Package middleware holds what a request passes on its way to WeChat Pay and
// back, each a plain function from [http.RoundTripper] to [http.RoundTripper], and
// the named [Stack] that a client composes of them.
//
//   - [Retry] sends again what may be sent again, as [CheckRetry] decides;
//   - [Failover] moves to another host;
//   - [Limit] holds requests back to a rate and a number in flight;
//   - [Verify] lets nothing through that WeChat Pay did not sign;
//   - [Log] writes one line for each attempt;
//   - [Sign] signs each attempt, innermost.
//
// A middleware of this package works in any [http.Client], and any RoundTripper
// of the ecosystem (a tracer, a recorder, a cache) works in a Stack.
//
// Rules that all of them keep: a request is cloned before it is changed, its
// Body is closed whatever happens, and exactly one of reply and error is
// returned.
package middleware
