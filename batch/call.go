package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
)

// maxReply is the longest reply that is kept.
const maxReply = 256 << 10

// A verdict is what a call has proven.
type verdict int

const (
	taken   verdict = iota // a verified reply: it took effect
	refused                // a signed error: it had no effect
	limited                // 429: not accepted, and none of the next will be; but see answer.doubtful
	unsent                 // nothing left this machine
	invalid                // the client refuses to send it at all
	badKeys                // 401: no call of this client will pass; likewise
	unknown                // it may have taken effect
)

// An answer is a call that has ended.
type answer struct {
	verdict verdict
	reply   *wechatpay.Response // of a taken one
	failure *wechatpay.APIError // of a refused one, and of others that were answered
	err     error
	after   time.Duration // Retry-After; 0 for none
}

// doubtful reports whether a call may have taken effect although it was turned away: a 429 or a 401
// that is no error of WeChat Pay is of something on the way, which may have passed the call on.
func (a answer) doubtful() bool { return a.failure != nil && a.failure.OutcomeUnknown() }

// A caller makes the calls of a worker.
type caller struct{ client *wechatpay.Client }

type deadlineKey struct{}

// newCaller returns a caller whose client sends once, and not after the claim has ended: a process
// that was stopped in between must not send when it is woken.
func newCaller(client *wechatpay.Client) (*caller, error) {
	once, err := client.With(func(s *middleware.Stack) error {
		if slices.Contains(s.Names(), "retry") {
			if err := s.Remove("retry"); err != nil {
				return err
			}
		}
		return s.Push("claim", func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				// The wall clock: the monotonic one stands while a machine sleeps.
				if end, ok := r.Context().Value(deadlineKey{}).(time.Time); ok && time.Now().Round(0).After(end) {
					if r.Body != nil {
						_ = r.Body.Close()
					}
					return nil, fmt.Errorf("%w: the claim has ended", middleware.ErrNotSent)
				}
				return next.RoundTrip(r)
			})
		})
	})
	if err != nil {
		return nil, fmt.Errorf("batch: Config.Client: %w", err)
	}
	return &caller{once}, nil
}

// send makes the call of a job, which ends by the deadline.
func (c *caller) send(ctx context.Context, job *Job, end time.Time) answer {
	opts := &wechatpay.Options{Vars: job.Vars, Timeout: time.Until(end), Idempotent: wechatpay.Ptr(false)}
	if len(job.Query) > 0 {
		opts.Query = job.Query
	}
	if len(job.Body) > 0 {
		if isV2(job.Path) {
			opts.XML = job.Body
		} else {
			opts.JSON = job.Body
		}
	}
	opts.Encrypt = job.Encrypt
	if len(job.Encrypt) == 1 && job.Encrypt[0] == "auto" {
		opts.Encrypt = wechatpay.Auto()
	}
	a := c.call(ctx, job.Method, job.Path, opts, end)
	if job.safe() { // downloads are not signed
		return a
	}
	return a.proven(job.Path)
}

// ask makes the query of a job.
func (c *caller) ask(ctx context.Context, ask *Ask, end time.Time) answer {
	opts := &wechatpay.Options{Vars: ask.Vars, Timeout: time.Until(end)}
	if len(ask.Query) > 0 {
		opts.Query = ask.Query
	}
	method := ask.Method
	if method == "" {
		method = http.MethodGet
	}
	if isV2(ask.Path) {
		opts.XML = ask.Body
		method = http.MethodPost
	}
	return c.call(ctx, method, ask.Path, opts, end).proven(ask.Path)
}

func isV2(path string) bool { return strings.HasPrefix(path, "v2/") }

func (c *caller) call(ctx context.Context, method, path string, opts *wechatpay.Options, end time.Time) answer {
	if opts.Timeout <= 0 {
		return answer{verdict: unsent, err: errors.New("the claim has ended")}
	}
	ctx = context.WithValue(ctx, deadlineKey{}, end.Round(0))
	reply, err := c.client.Chain(path).Do(ctx, method, opts)
	return judge(reply, err)
}

func judge(reply *wechatpay.Response, err error) answer {
	a := answer{reply: reply, err: err}
	var undecrypted *wechatpay.DecryptError
	switch {
	case err == nil:
		a.verdict = taken
	case errors.As(err, &undecrypted):
		a.reply = undecrypted.Response
		a.verdict = taken
	case errors.As(err, &a.failure):
		a.verdict = judgeError(a.failure)
		a.after = retryAfter(a.failure)
	case wechatpay.OutcomeUnknown(err):
		a.verdict = unknown
	case errors.Is(err, wechatpay.ErrInvalid):
		a.verdict = invalid
	default:
		a.verdict = unsent
	}
	return a
}

// proven makes a reply that no signature covers unknown, as a middleware of the client's may return
// one. Some endpoints of APIv2 answer without a signature, in XML or in text.
func (a answer) proven(path string) answer {
	if a.verdict != taken || a.reply.Verified || isV2(path) && !json.Valid(a.reply.Bytes()) {
		return a
	}
	a.verdict, a.err = unknown, errors.New("the reply is not signed")
	return a
}

func judgeError(e *wechatpay.APIError) verdict {
	switch {
	case e.StatusCode == http.StatusTooManyRequests || !e.OutcomeUnknown() && isLimit(e.Code):
		return limited
	case e.StatusCode == http.StatusUnauthorized:
		return badKeys
	case e.OutcomeUnknown():
		return unknown
	case !e.Verified: // of a call without an effect: anybody on the way may have written it
		return unknown
	case e.StatusCode >= 500:
		return unknown
	}
	return refused
}

// isLimit knows the spellings of the documentation and the SDKs.
func isLimit(code string) bool {
	switch code {
	case "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEEDED", "RATELIMIT_EXCEED", "RATE_LIMITED", "FREQ_LIMIT":
		return true
	}
	return false
}

func retryAfter(e *wechatpay.APIError) time.Duration {
	if e.Response == nil || e.Response.Response == nil {
		return 0
	}
	seconds, err := strconv.Atoi(e.Response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, 10*time.Minute)
}

// fill sets what an answer tells in a result.
func (a *answer) fill(r *Result) {
	switch {
	case a.reply != nil && a.reply.Response != nil:
		r.Verified, r.Status, r.RequestID = a.reply.Verified, a.reply.StatusCode, a.reply.RequestID()
		r.Reply, r.Error = body(a.reply)
	case a.failure != nil:
		r.Verified, r.Status, r.RequestID, r.Code = a.failure.Verified, a.failure.StatusCode, a.failure.RequestID, a.failure.Code
		if a.failure.Response != nil {
			r.Reply, _ = body(a.failure.Response)
		}
	}
	if a.err != nil {
		r.Error = a.err.Error()
	}
}

// body returns a reply as JSON, or why there is none.
func body(reply *wechatpay.Response) (data json.RawMessage, missing string) {
	raw := reply.Bytes()
	if len(raw) == 0 {
		return nil, ""
	}
	// A store and a report escape it once more.
	if len(raw) <= maxReply {
		data = rawJSON(reply, raw)
	}
	if data == nil || len(data)+5*bytes.Count(data, []byte("<"))+5*bytes.Count(data, []byte(">"))+5*bytes.Count(data, []byte("&")) > maxReply {
		return nil, fmt.Sprintf("the reply of %d bytes is left out", len(raw))
	}
	return data, ""
}

func rawJSON(reply *wechatpay.Response, raw []byte) (data json.RawMessage) {
	var object map[string]any
	switch {
	case json.Valid(raw):
		return raw
	case reply.Decode(&object) == nil: // the XML of APIv2
		data, _ = json.Marshal(object)
	default:
		data, _ = json.Marshal(string(raw))
	}
	return data
}
