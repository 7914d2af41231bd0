// Package middleware has the middleware of a client, functions from [http.RoundTripper] to
// [http.RoundTripper], and the [Stack] that composes them.
//
//   - [Retry] retries as [CheckRetry] decides;
//   - [Failover] switches to another host;
//   - [Limit] limits the rate and the number of requests in flight;
//   - [Verify] verifies the signatures of replies;
//   - [Log] logs each attempt;
//   - [Sign] signs each attempt.
//
// Each middleware works in any [http.Client], and any other RoundTripper (a tracer, a
// recorder, a cache) works in a Stack.
//
// Every middleware clones a request before it changes it, always closes its Body, and
// returns either a reply or an error.
package middleware
