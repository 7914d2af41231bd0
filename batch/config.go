package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wechatpay-chain/wechatpay"
)

// A Config configures a run, or a worker that joins one. The zero value of a field means its
// default. Of a worker's, only Client, Store, InFlight, Name and Trace count: the run says the
// rest.
type Config struct {
	// Client makes the calls. Required. Its retries are not used: a request whose outcome is
	// unknown is asked for, not sent again.
	Client *wechatpay.Client
	// Store keeps what is known of each number: [Embedded] or [NATS]. Required.
	Store *Store

	// FirstRun promises that nothing of the input was ever sent, by whatever program, but by runs
	// that this store knows. Without it, a store that is new is taken for one that was lost:
	// each number that it does not know is asked for before it is sent, and those that WeChat Pay does not know
	// either are sent once Claim and AbsentAfter have passed since the store was made.
	FirstRun bool

	// Strict reads the whole input before anything is sent, and ends with the errors of its lines
	// if there are any. The input must be readable twice, as a file in [Lines] is.
	Strict bool

	// Check, if not nil, is asked about each job that the store knows nothing of; its error makes the
	// job [Invalid], and the rest goes on. openapi.Validate finds what lacks a field, say. It is not asked
	// about a job that may have been sent before. Default none.
	Check func(Job) error `json:"-"`

	// InputOrder yields the results in the order of the input. A job that takes long then holds up
	// those behind it, once [Window] of them are waiting. Default: as they are ready.
	InputOrder bool

	// Again says of a job that ended in an earlier run whether to take it up again: all of [Stuck]
	// and [Unknown], or a [Refused] with NOT_ENOUGH after the balance was raised. One that may have taken
	// effect is asked for first. The job must be in the input again, with the same body: the store has
	// no bodies. Default: none; its result is yielded again. An [Invalid] one is always taken up again,
	// since nothing was sent.
	Again func(Result) bool

	// InFlight is the number of calls at a time in this process; default 16. Negative, with [NATS]: none,
	// the run only feeds workers elsewhere.
	InFlight int
	// Name is the worker's name in the store and in steps; default: host and process id.
	Name string

	// Limits bound the calls of all workers together. Default none.
	Limits []Limit
	// Apart is the time between two requests of one order, where the catalogue asks for it, as it
	// does for refunds; default: what it asks for. Negative: none. They never overlap.
	Apart time.Duration
	// Pause is how long all calls of all workers rest after a 429; default 10 s, or what the
	// reply's Retry-After says.
	Pause time.Duration

	// Claim is how long a worker may take for a call. Its call ends in time, and another worker may
	// take over when it has passed. Default 90 s.
	Claim time.Duration
	// AskAfter is the wait before an unknown outcome is asked for, doubled each time that the
	// query fails, up to 10 minutes; default 5 s.
	AskAfter time.Duration
	// AbsentAfter is how long after a send its number must be unknown to WeChat Pay before it is
	// sent again: the first request may still be on its way. Default 1 minute.
	AbsentAfter time.Duration
	// Sends is how often a job is sent before it is Stuck; default 3. Asks is how many queries in a
	// row may fail; default 12, which takes an hour.
	Sends, Asks int

	// Total is the number of jobs, for the estimate of [Progress]. Default unknown.
	Total int

	// Trace is called at the beginning of each step of a job; what it returns, at its end. The
	// context is that of the call, for a span. It must be safe for concurrent use. Default none.
	Trace func(ctx context.Context, step Step) (context.Context, func(error)) `json:"-"`
}

// A Limit bounds the calls of one route, by all workers of a store together.
type Limit struct {
	Route     string  `json:"route"`               // such as v3/refund/domestic/refunds; "" for all routes together
	PerSecond float64 `json:"per_second,omitzero"` // calls a second; 0 for any
	InFlight  int     `json:"in_flight,omitzero"`  // calls at a time; 0 for any
}

func (cfg Config) withDefaults() (Config, error) {
	switch {
	case cfg.Client == nil:
		return cfg, errors.New("batch: Config.Client is missing")
	case cfg.Store == nil || cfg.Store.js == nil:
		return cfg, errors.New("batch: Config.Store is missing; use Embedded or NATS")
	case cfg.Store.own && cfg.InFlight < 0:
		return cfg, errors.New("batch: Config.InFlight is negative: nobody makes the calls, since an embedded store has no workers elsewhere; use NATS")
	}
	var err error
	if cfg.Limits, err = checkLimits(cfg.Limits); err != nil {
		return cfg, err
	}
	if cfg.InFlight == 0 {
		cfg.InFlight = 16
	}
	if cfg.Name == "" {
		host, _ := os.Hostname()
		cfg.Name = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	for _, d := range []struct {
		at    *time.Duration
		value time.Duration
	}{{&cfg.Pause, 10 * time.Second}, {&cfg.Claim, 90 * time.Second}, {&cfg.AskAfter, 5 * time.Second}, {&cfg.AbsentAfter, time.Minute}} {
		if *d.at <= 0 {
			*d.at = d.value
		}
	}
	for _, n := range []struct {
		at    *int
		value int
	}{{&cfg.Sends, 3}, {&cfg.Asks, 12}} {
		if *n.at <= 0 {
			*n.at = n.value
		}
	}
	if cfg.Trace == nil {
		cfg.Trace = func(ctx context.Context, _ Step) (context.Context, func(error)) { return ctx, func(error) {} }
	}
	return cfg, nil
}

// checkLimits returns the limits with their routes as jobs have them.
func checkLimits(limits []Limit) ([]Limit, error) {
	limits = slices.Clone(limits)
	seen := map[string]bool{}
	for i := range limits {
		limit := &limits[i]
		limit.Route = strings.TrimPrefix(limit.Route, "/")
		switch {
		case seen[limit.Route]:
			return nil, fmt.Errorf("batch: Config.Limits: there are two limits of %q", limit.Route)
		case limit.PerSecond == 0 && limit.InFlight == 0:
			return nil, fmt.Errorf("batch: Config.Limits: the limit of %q has neither PerSecond nor InFlight", limit.Route)
		case limit.InFlight < 0:
			return nil, fmt.Errorf("batch: Config.Limits: InFlight of %q is %d; use 1 or more, or 0 for any", limit.Route, limit.InFlight)
		case limit.PerSecond != 0 && !(limit.PerSecond >= 1e-3 && limit.PerSecond <= 1e6): // NaN, too
			return nil, fmt.Errorf("batch: Config.Limits: PerSecond of %q is %v; use 0.001 to 1,000,000, or 0 for any", limit.Route, limit.PerSecond)
		}
		seen[limit.Route] = true
	}
	return limits, nil
}
