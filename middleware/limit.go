package middleware

import (
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/time/rate"
)

// A LimitConfig configures [Limit]. The zero value of a field means no limit.
type LimitConfig struct {
	// PerSecond is the rate of requests per key, with bursts of Burst (default 1).
	PerSecond float64
	Burst     int
	// Key groups the requests that share a rate; default: by merchant, method and route.
	Key func(*http.Request) string
	// InFlight is the maximum number of concurrent requests of all keys.
	InFlight int
}

// Limit delays requests until the rate and the number in flight allow them. A request whose
// deadline is sooner fails at once with [ErrNotSent], and [Retry] does not retry it. Put
// Limit inside of retry, so that each attempt counts. Pass values in Options.Vars: a route
// that contains them has a rate for each value.
//
// A request is in flight until the header of its reply is received. A verified reply has
// been read by then.
func Limit(cfg LimitConfig) Middleware {
	l := &limiter{cfg: cfg, byKey: map[string]*rate.Limiter{}}
	if l.cfg.Burst <= 0 {
		l.cfg.Burst = 1
	}
	if l.cfg.Key == nil {
		l.cfg.Key = merchantAndRoute
	}
	if cfg.InFlight > 0 {
		l.free = make(chan struct{}, cfg.InFlight)
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if err := l.enter(r); err != nil {
				return refuse(r, fmt.Errorf("limit: %w", err))
			}
			defer l.leave()
			return next.RoundTrip(r)
		})
	}
}

func merchantAndRoute(r *http.Request) string {
	call := CallOf(r.Context())
	route := call.Route
	if route == "" {
		route = r.URL.Path
	}
	return call.CallerID + " " + method(r) + " " + route
}

type limiter struct {
	cfg  LimitConfig
	free chan struct{}

	mu    sync.Mutex
	byKey map[string]*rate.Limiter
}

func (l *limiter) enter(r *http.Request) error {
	ctx := r.Context()
	if l.cfg.PerSecond > 0 {
		if err := l.of(l.cfg.Key(r)).Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
	}
	if l.free == nil {
		return nil
	}
	select {
	case l.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limiter) leave() {
	if l.free != nil {
		<-l.free
	}
}

// maxKeys limits the memory for keys, in case a Key contains an order number. The rate of a
// forgotten key starts again.
const maxKeys = 10_000

func (l *limiter) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.byKey[key]
	if limiter == nil {
		if len(l.byKey) >= maxKeys {
			clear(l.byKey)
		}
		limiter = rate.NewLimiter(rate.Limit(l.cfg.PerSecond), l.cfg.Burst)
		l.byKey[key] = limiter
	}
	return limiter
}
