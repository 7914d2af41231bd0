package middleware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/retry"
)

// A RetryConfig configures [Retry]. The zero value of a field means its default.
type RetryConfig struct {
	// Attempts is the maximum number of attempts, the first included; default 3. 1 and
	// negative numbers disable retries.
	Attempts int
	// Wait is the first backoff, which doubles with each attempt up to MaxWait. It is
	// jittered between zero and twice its length. Default 200 ms and 5 s.
	Wait, MaxWait time.Duration
	// MaxRetryAfter is the longest Retry-After to wait for; a longer one ends the
	// retries. Default 10 s.
	MaxRetryAfter time.Duration
	// AttemptTimeout limits one attempt; default: only the time-out of the call.
	AttemptTimeout time.Duration
	// CheckRetry is the policy; default [CheckRetry]. It is asked after each failed attempt:
	// an error, or a status of 400 or above.
	CheckRetry func(Attempt) (again bool, reason string)
}

// MaxAttempts returns Attempts or its default, and at least 1.
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

// A RetryError is the error of a request after several attempts. Err is that of the last
// one.
type RetryError struct {
	Attempts int
	Reason   string // for no further attempt
	Err      error
}

// Error returns the cause, the number of attempts and the reason for no further one.
func (e *RetryError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return fmt.Sprintf("%s (%d attempts; %s)", errtext.Of(e.Err), e.Attempts, e.Reason)
}

// Unwrap returns Err.
func (e *RetryError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// Retry retries a request as [CheckRetry] decides: with the same bytes, and a new signature
// by the [Sign] inside of it. Between attempts it waits, but not beyond the deadline of the
// context. A request whose body cannot be rewound (without GetBody) is not retried.
//
// The reply of the last attempt is returned unchanged. Its error is a [*RetryError] if there
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
	attempt, sent := Attempt{Request: r}, false // sent: an earlier attempt may have been
	policy := retry.Policy{Attempts: cfg.Attempts, Wait: cfg.Wait, MaxWait: cfg.MaxWait}
	_, stopped := retry.Run(r.Context(), policy, func(number int) retry.Next {
		request := r
		if number > 1 {
			var err error
			if request, err = rewind(r); err != nil {
				attempt.Err = withReopening(attempt.Err, err)
				return retry.Next{Stop: "the body could not be opened again"}
			}
			sent = sent || !attempt.NeverSent && !errors.Is(attempt.Err, ErrNotSent)
		}
		attempt.Number = number
		cfg.send(next, request, &attempt)
		if attempt.Err == nil && attempt.Response.StatusCode < 400 {
			return retry.Next{Stop: succeeded}
		}
		return cfg.shouldRetry(&attempt)
	})
	if stopped == succeeded && attempt.Number == 1 {
		return attempt.Response, nil // without an allocation for the reason
	}
	if sent {
		attempt.Err = afterSend(attempt.Err)
	}
	return cfg.end(attempt, stopped)
}

// succeeded is also printed: a signed 200 may contain an error.
const succeeded = "a status below 400 is final"

// send makes one attempt and records its result.
func (cfg *RetryConfig) send(next http.RoundTripper, r *http.Request, a *Attempt) {
	if cfg.AttemptTimeout > 0 {
		ctx, cancel := context.WithTimeoutCause(r.Context(), cfg.AttemptTimeout, errAttemptTimeout)
		r = r.WithContext(ctx)
		defer func() { endWith(a.Response, cancel) }()
	}
	if state := callstate.From(r.Context()); state != nil {
		state.SetAttempt(a.Number)
	}
	before := callstate.Take(r.Context())
	a.Response, a.Err = next.RoundTrip(r) //nolint:bodyclose // returned to the caller, or buffered by check
	a.NeverSent = neverSent(before, r, a.Err)
	if a.Err != nil {
		if cause := context.Cause(r.Context()); errors.Is(cause, errAttemptTimeout) && errors.Is(a.Err, context.DeadlineExceeded) {
			a.Err = fmt.Errorf("%w (RetryConfig.AttemptTimeout, %s)", a.Err, cfg.AttemptTimeout)
		}
		var unverified *VerifyError
		if errors.As(a.Err, &unverified) && !truncated(unverified) {
			a.Unverified++
		}
	}
}

// errAttemptTimeout is the cause of a context that ended with [RetryConfig].AttemptTimeout.
var errAttemptTimeout = fmt.Errorf("RetryConfig.AttemptTimeout: %w", context.DeadlineExceeded)

// endWith releases the time-out of an attempt: at once, or when its reply is closed.
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

// timedBody releases the time-out of an attempt when its reply is closed.
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
	a.Idempotent = idempotent(a.Request, callstate.InfoOf(a.Request.Context()).Idempotent, contents(a.Request))
	again, reason := cfg.check(*a)
	if !again {
		return retry.Next{Stop: cmp.Or(reason, "RetryConfig.CheckRetry allows no other attempt")}
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

// check calls the policy, which may read the body of the reply or replace it: the caller gets
// the whole body all the same. The connection is free for the next attempt.
func (cfg *RetryConfig) check(a Attempt) (again bool, reason string) {
	if resp := a.Response; resp != nil {
		limit := callstate.InfoOf(a.Request.Context()).MaxReply
		_, _ = ReadReply(resp, limit)
		shown := *resp
		a.Response = &shown
		defer func() { _, _ = ReadReply(resp, limit) }() // again from its start
	}
	return cfg.CheckRetry(a)
}

// contents returns the body of r, if it is in memory or small.
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

// retryAfter parses a Retry-After header: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	const longest = 1 << 30 // seconds; a longer value would overflow
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), longest) * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// rewind returns r with a new reader of its body.
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

// withReopening adds to the error of an attempt, if any, why its body could not be sent again.
func withReopening(err, reopening error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; opening the body again: %w", err, reopening)
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
