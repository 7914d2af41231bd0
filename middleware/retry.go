package middleware

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/retry"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A RetryConfig bounds [Retry]. The zero value of a field means its default.
type RetryConfig struct {
	// Attempts is how often a request is sent at most, the first time included;
	// default 3. 1, and a negative number, disable retries.
	Attempts int
	// Wait is about how long the first pause is; each further one is twice as long,
	// up to MaxWait, and all are jittered between nothing and twice their length.
	// Default 200 ms and 5 s.
	Wait, MaxWait time.Duration
	// MaxRetryAfter is the longest Retry-After that is waited for; a longer one ends
	// the retries. Default 10 s.
	MaxRetryAfter time.Duration
	// AttemptTimeout bounds one attempt; default none but that of the call.
	AttemptTimeout time.Duration
	// CheckRetry is the policy; default [CheckRetry].
	CheckRetry func(Attempt) (again bool, reason string)
}

// MaxAttempts is Attempts, or its default, and 1 at least.
func (cfg RetryConfig) MaxAttempts() int {
	if cfg.Attempts == 0 {
		return 3
	}
	return max(cfg.Attempts, 1)
}

func (cfg RetryConfig) withDefaults() RetryConfig {
	cfg.Attempts = cfg.MaxAttempts()
	if cfg.Wait <= 0 {
		cfg.Wait = 200 * time.Millisecond
	}
	if cfg.MaxWait <= 0 {
		cfg.MaxWait = max(5*time.Second, cfg.Wait)
	}
	if cfg.MaxRetryAfter <= 0 {
		cfg.MaxRetryAfter = 10 * time.Second
	}
	if cfg.CheckRetry == nil {
		cfg.CheckRetry = CheckRetry
	}
	return cfg
}

// A RetryError is the end of a request that was sent more than once. Err is the
// last attempt's.
type RetryError struct {
	Attempts int
	Reason   string // why there was no further one
	Err      error
}

// Error holds the cause, the number of attempts and the reason to stop.
func (e *RetryError) Error() string {
	return fmt.Sprintf("%v (%d attempts; %s)", e.Err, e.Attempts, e.Reason)
}

// Unwrap gives the cause.
func (e *RetryError) Unwrap() error { return e.Err }

// Retry sends a request again where [CheckRetry] finds that useful and safe: the same
// bytes, signed again by the [Sign] inside of it. It waits in between under the context,
// and begins nothing that its deadline would cut off. A body that cannot be rewound (no
// GetBody) is never sent again.
//
// A reply that is not retried is returned as it is, an error as a [*RetryError] if there
// was more than one attempt.
func Retry(cfg RetryConfig) Middleware {
	cfg = cfg.withDefaults()
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			return cfg.run(next, r)
		})
	}
}

func (cfg *RetryConfig) run(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	attempt := Attempt{Request: r}
	policy := retry.Policy{Attempts: cfg.Attempts, Wait: cfg.Wait, MaxWait: cfg.MaxWait}
	_, stopped := retry.Run(r.Context(), policy, func(number int) retry.Next {
		request := r
		if number > 1 {
			discard(attempt.Response)
			var err error
			if request, err = rewind(r); err != nil {
				return retry.Next{Stop: "the body could not be opened again: " + err.Error()}
			}
		}
		attempt.Number = number
		cfg.send(next, request, &attempt)
		if attempt.Err == nil && attempt.Response.StatusCode < 400 {
			return retry.Next{Stop: succeeded}
		}
		return cfg.shouldRetry(&attempt)
	})
	if stopped == succeeded {
		return attempt.Response, nil
	}
	return cfg.end(attempt, stopped)
}

const succeeded = "succeeded"

// send makes one attempt and records its end.
func (cfg *RetryConfig) send(next http.RoundTripper, r *http.Request, a *Attempt) {
	if cfg.AttemptTimeout > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), cfg.AttemptTimeout)
		r = r.WithContext(ctx)
		defer func() { endWith(a.Response, cancel) }()
	}
	if state := callstate.From(r.Context()); state != nil {
		state.SetAttempt(a.Number)
	}
	before := callstate.Take(r.Context())
	a.Response, a.Err = next.RoundTrip(r) //nolint:bodyclose // it is the caller's, or discarded
	if a.Err != nil {
		a.NeverSent = neverSent(before, a.Err)
		var unverified *VerifyError
		if errors.As(a.Err, &unverified) && !truncated(unverified) {
			a.Unverified++
		}
	}
}

// endWith releases the time-out of an attempt: at once, or, where its reply is still to
// be read, once that is closed.
func endWith(resp *http.Response, cancel context.CancelFunc) {
	if resp == nil || resp.Body == nil {
		cancel()
		return
	}
	if _, read := resp.Body.(*replyBody); read {
		cancel()
		return
	}
	resp.Body = &timedBody{resp.Body, cancel}
}

// timedBody ends the time of an attempt once its reply has been read.
type timedBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *timedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// shouldRetry applies the policy to an attempt that failed.
func (cfg *RetryConfig) shouldRetry(a *Attempt) retry.Next {
	if r := a.Request; r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return retry.Next{Stop: "the body cannot be sent again"}
	}
	a.Verified = a.Response != nil && Verified(a.Response)
	a.Repeatable = repeatable(a.Request, callstate.InfoOf(a.Request.Context()).Idempotent, contents(a.Request))
	again, reason := cfg.CheckRetry(*a)
	if !again {
		return retry.Next{Stop: reason}
	}
	after := time.Duration(0)
	if a.Response != nil {
		after = retryAfter(a.Response.Header.Get("Retry-After"), time.Now())
	}
	if after > cfg.MaxRetryAfter && a.Number < cfg.Attempts {
		return retry.Next{Stop: fmt.Sprintf("the server asks to wait for %s", after)}
	}
	return retry.Next{After: after}
}

// contents is the body of r, if it is in memory or small enough to be looked at.
func contents(r *http.Request) []byte {
	if call := CallOf(r.Context()); call.Body != nil {
		return call.Body
	}
	const small = 1 << 20
	if r.GetBody == nil || r.ContentLength <= 0 || r.ContentLength > small {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, small))
	if err != nil {
		return nil
	}
	return data
}

// retryAfter reads a Retry-After header: seconds, or a date.
func retryAfter(value string, now time.Time) time.Duration {
	const longest = 1 << 30 // seconds, so that what overflows is long rather than nothing
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), longest) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// discard reads a reply to its end, within reason, so that its connection can be
// used again.
func discard(resp *http.Response) {
	if resp != nil && resp.Body != nil {
		const within = 64 << 10
		_, _ = io.CopyN(io.Discard, resp.Body, within)
		_ = resp.Body.Close()
	}
}

// rewind is r with its body from the start.
func rewind(r *http.Request) (*http.Request, error) {
	again := r.WithContext(r.Context())
	if r.Body != nil && r.Body != http.NoBody {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	return again, nil
}

func (cfg *RetryConfig) end(a Attempt, reason string) (*http.Response, error) {
	if state := callstate.From(a.Request.Context()); state != nil {
		state.SetStopped(reason)
	}
	if ended := a.Request.Context().Err(); a.Err != nil && ended != nil && !errors.Is(a.Err, ended) {
		a.Err = fmt.Errorf("%w; then: %w", a.Err, ended)
	}
	if a.Err != nil && a.Number > 1 {
		return nil, &RetryError{a.Number, reason, a.Err}
	}
	return a.Response, a.Err
}

// verdicts are what [Verify] can find wrong with a reply that came whole.
var verdicts = []error{
	signer.ErrMissingHeader, signer.ErrClock, signer.ErrUnknownKey, signer.ErrSignature, signer.ErrExpired,
}
