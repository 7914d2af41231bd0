package guide

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/wechatpay-chain/wechatpay"
	"github.com/wechatpay-chain/wechatpay/middleware"
	"github.com/wechatpay-chain/wechatpay/notify"
	"github.com/wechatpay-chain/wechatpay/signer"
)

// A Recorder takes measurements; a registry of Prometheus or OpenTelemetry is behind it.
type Recorder interface {
	// Attempt is called after each attempt of a call: its route has no order number in it.
	Attempt(route string, status int, took time.Duration)
}

// Measured adds measurements to a configuration, and lines of log.
func Measured(cfg wechatpay.Config, logger *slog.Logger, recorder Recorder) wechatpay.Config {
	cfg.Logger = logger // one line for each attempt: route, status, request id, no values
	cfg.Stack = func(stack *middleware.Stack) error {
		return stack.Before("verify", "measure", func(next http.RoundTripper) http.RoundTripper {
			return middleware.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				began, status := time.Now(), 0
				resp, err := next.RoundTrip(r)
				if err == nil {
					status = resp.StatusCode
				}
				recorder.Attempt(middleware.CallOf(r.Context()).Route, status, time.Since(began))
				return resp, err
			})
		})
	}
	return cfg
}

// Alarms counts what somebody has to look at.
type Alarms struct {
	UnknownOutcomes atomic.Int64 // query them, by their numbers
	NotVerified     atomic.Int64 // replies: a proxy, a key that is missing
	SignErrors      atomic.Int64 // the certificate has ended, or the clock is wrong
	Webhooks        atomic.Int64 // failed after they were verified: they come again
}

// Call counts the error of a call.
func (a *Alarms) Call(err error) {
	if wechatpay.OutcomeUnknown(err) {
		a.UnknownOutcomes.Add(1)
	}
	if errors.As(err, new(*wechatpay.VerifyError)) && !errors.Is(err, wechatpay.ErrProbe) {
		a.NotVerified.Add(1)
	}
	if IsSignError(err) {
		a.SignErrors.Add(1)
	}
}

// Webhook is the OnError of a notify.HandlerConfig. What strangers and probes cause is no alarm.
func (a *Alarms) Webhook(_ context.Context, event *notify.Event, err error) {
	if event != nil && !errors.Is(err, signer.ErrProbe) {
		a.Webhooks.Add(1)
	}
}

// A ClientHolder hands out the client in use, and changes it while calls are under way.
type ClientHolder struct {
	current atomic.Pointer[wechatpay.Client]
}

// Get returns the client in use.
func (h *ClientHolder) Get() *wechatpay.Client { return h.current.Load() }

// Replace makes calls that begin from now on use another client, such as one with a new certificate.
// Calls of the old one end as they began.
func (h *ClientHolder) Replace(cfg wechatpay.Config) error {
	next, err := wechatpay.New(cfg)
	if err != nil {
		return err // the old one stays in use
	}
	if old := h.current.Swap(next); old != nil {
		old.CloseIdleConnections()
	}
	return nil
}
