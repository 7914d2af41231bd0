package middleware

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/wechatpay-chain/wechatpay/internal/callstate"
	"github.com/wechatpay-chain/wechatpay/internal/errtext"
	"github.com/wechatpay-chain/wechatpay/internal/httprule"
)

// A FailoverConfig configures [Failover].
type FailoverConfig struct {
	// Hosts are at least two origins ("https://api.mch.weixin.qq.com"). The first is the
	// host of the requests.
	Hosts []string
	// Cooldown is the time after which the first host is tried again; default 1 minute.
	Cooldown time.Duration
	// Origins are trusted in addition to WeChat Pay's hosts, as in [SignConfig].
	Origins []string
}

// Mainland returns WeChat Pay's host in mainland China and its backup, for
// [FailoverConfig].
//
// https://pay.weixin.qq.com/doc/v3/merchant/4012082027
func Mainland() []string {
	return []string{"https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com"}
}

// Overseas returns the hosts outside of mainland China, see [Mainland].
func Overseas() []string {
	return []string{"https://apihk.mch.weixin.qq.com", "https://apius.mch.weixin.qq.com", "https://apieu.mch.weixin.qq.com"}
}

// Failover sends a failed request to the next host, if it was certainly not accepted, or if
// its method is safe and the connection failed or the reply was 502, 503 or 504. Each
// attempt is signed by the [Sign] inside of it. Later requests use the host that worked,
// until the cooldown has passed. Requests to other hosts than the first, such as downloads,
// are not changed.
//
// Every host must be WeChat Pay's or one of Origins: see [Trusted].
func Failover(cfg FailoverConfig) (Middleware, error) {
	if len(cfg.Hosts) < 2 {
		return nil, errors.New("middleware: failover: FailoverConfig.Hosts needs at least two hosts")
	}
	if cfg.Cooldown <= 0 {
		cfg.Cooldown = time.Minute
	}
	f := &failover{cooldown: cfg.Cooldown}
	for i, host := range cfg.Hosts {
		u, err := url.Parse(host)
		if err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" { // the rest of it may be a secret
			return nil, fmt.Errorf("middleware: failover: FailoverConfig.Hosts[%d], %s, is not of the form https://host", i, errtext.Origin(host))
		}
		if err := Trusted(u, cfg.Origins...); err != nil {
			return nil, fmt.Errorf("middleware: failover: FailoverConfig.Hosts[%d]: %w", i, err)
		}
		f.hosts = append(f.hosts, u)
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != f.hosts[0].Host || r.URL.Scheme != f.hosts[0].Scheme {
				return next.RoundTrip(r)
			}
			return f.run(next, r)
		})
	}, nil
}

type failover struct {
	hosts    []*url.URL
	cooldown time.Duration

	mu      sync.Mutex
	current int
	since   time.Time // when current became current
}

// start returns the host to try first.
func (f *failover) start() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current != 0 && time.Since(f.since) >= f.cooldown {
		f.current = 0
	}
	return f.current
}

// advance moves on from a failed host, unless another request has done so.
func (f *failover) advance(from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == from {
		f.current, f.since = to, time.Now()
	}
}

func (f *failover) run(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	at, sent := f.start(), false // sent: an earlier attempt may have been
	request := r
	if at != 0 {
		request = f.withHost(r.WithContext(r.Context()), at)
	}
	for tried := 1; ; tried++ {
		before := callstate.Take(r.Context())
		resp, err := next.RoundTrip(request)
		unsent := neverSent(before, r, err)
		last := tried == len(f.hosts) || !f.shouldFailover(r, resp, err, unsent)
		if last && sent {
			err = afterSend(err)
		}
		if last {
			return resp, err
		}
		again, reopening := rewind(r)
		if reopening != nil {
			return resp, withReopening(err, reopening)
		}
		discard(resp)
		sent = sent || !unsent
		f.advance(at, (at+1)%len(f.hosts))
		at = (at + 1) % len(f.hosts)
		request = f.withHost(again, at)
	}
}

// shouldFailover reports whether to try the next host.
func (f *failover) shouldFailover(r *http.Request, resp *http.Response, err error, unsent bool) bool {
	if r.Context().Err() != nil || errors.Is(err, ErrNotSent) || r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return false
	}
	var unverified *VerifyError
	switch {
	case unsent:
		return true
	case !httprule.IsSafe(method(r)) || errors.As(err, &unverified):
		return false
	case err != nil:
		return true
	}
	return resp.StatusCode >= 502 && resp.StatusCode <= 504
}

// withHost sets the host of a copy of a request.
func (f *failover) withHost(copied *http.Request, at int) *http.Request {
	u := *copied.URL
	u.Scheme, u.Host = f.hosts[at].Scheme, f.hosts[at].Host
	setURL(copied, &u)
	return copied
}

// discard reads a limited amount of a reply to its end, so that the connection can be
// reused.
func discard(resp *http.Response) {
	if resp != nil && resp.Body != nil {
		const within = 64 << 10
		_, _ = io.CopyN(io.Discard, resp.Body, within)
		_ = resp.Body.Close()
	}
}
